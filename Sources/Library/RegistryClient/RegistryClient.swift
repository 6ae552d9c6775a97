import AsyncHTTPClient
package import ModelLibrary
import NIOCore
import NIOHTTP1
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Pulls models from an Ollama registry, or from any other that speaks its protocol.
package struct RegistryClient: ModelSource {
    package struct Settings: Sendable {
        /// The OpenSSH private key file that proves who asks; made when it is first needed.
        package var keyPath: FilePath
        package var userAgent: String
        /// Parts of a blob that are fetched at the same time.
        package var parallelParts = 8
        /// Attempts at a part, each after twice the pause before.
        package var attempts = 6
        package var firstPause: Duration = .seconds(1)
        /// How long a connection may be silent.
        package var silenceLimit: Duration = .seconds(30)
        /// Seconds since 1970.
        package var clock: @Sendable () -> Int = { time(nil) }

        package init(keyPath: FilePath, userAgent: String = "ollama/0.33.0 apus") {
            self.keyPath = keyPath
            self.userAgent = userAgent
        }
    }

    private let settings: Settings

    package init(_ settings: Settings) {
        self.settings = settings
    }

    package func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: @escaping ProgressReport
    ) async throws {
        guard case .registry(let scheme) = reference.source, scheme == "https" || options.insecure else {
            throw RegistryError.insecureProtocol
        }
        let name = reference.name
        let base = try HTTPAddress("\(options.insecure ? "http" : "https")://\(name.host)")
        try await withClient { client in
            let session = RegistrySession(
                client: client, settings: settings, base: base, repository: "\(name.namespace)/\(name.model)")
            try await pull(name, from: session, into: store, report: report)
        }
    }

    private func pull(
        _ name: ModelName, from session: RegistrySession, into store: ModelStore, report: @escaping ProgressReport
    ) async throws {
        try await report(.pullingManifest)
        let bytes = try await manifest(tag: name.tag, from: session)
        let plan = try Self.plan(bytes)
        var leases: [BlobLease] = []
        for layer in plan.blobs {
            let download = BlobDownload(layer: layer, session: session, blobs: store.blobs, settings: settings)
            leases.append(try await download.run(report: report))
        }
        try await report(.verifying)
        try await report(.writingManifest)
        let held = leases
        let unused = try await BlockingThreads.shared.run {
            try store.unused(among: try store.install(bytes, as: name, holding: held))
        }
        if !unused.isEmpty {
            try await report(.removingUnusedLayers)
            try await BlockingThreads.shared.run { try store.removeUnused(unused) }
        }
        try await report(.success)
    }

    /// The manifest as the registry sent it.
    private func manifest(tag: String, from session: RegistrySession) async throws -> [UInt8] {
        let response = try await session.get(
            session.address("manifests/\(tag)"), headers: ["Accept": MediaType.manifest.text], deadline: .seconds(60))
        do {
            return Array(try await response.body.collect(upTo: Manifest.sizeLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw RegistryError.invalidManifest("it is larger than \(Manifest.sizeLimit) bytes")
        } catch {
            try Task.checkCancellation()
            throw RegistryError.unreachable(host: session.base.authority, reason: NetworkFailure.text(of: error))
        }
    }

    private static func plan(_ bytes: [UInt8]) throws(RegistryError) -> PullPlan {
        let manifest: Manifest
        let plan: PullPlan
        do throws(ModelLibraryError) {
            manifest = try Manifest(parsing: bytes)
            plan = try PullPlan(manifest)
        } catch {
            throw .invalidManifest("\(error)")
        }
        guard manifest.layers(of: .tensor).isEmpty else { throw .safetensorsUnsupported }
        return plan
    }

    private func withClient<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(30), read: .nanoseconds(settings.silenceLimit.wholeNanoseconds)))
        configuration.httpVersion = .http1Only
        // A registry that is not there is told at once; where it pays to wait, we do it ourselves.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

package import ModelLibrary
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
        /// How long an answer may take to begin, whatever has come of it.
        package var answerLimit: Duration = .seconds(60)
        /// For manifests, tokens and explanations.
        package var documentPace = TransferPace(total: .seconds(60))
        /// For each of the connections that fetch parts of a blob.
        package var blobPace = TransferPace(minimum: 16 << 10, per: .seconds(60))
        package var proxies = ProxySettings.none
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
        let transport = RegistryTransport(
            registry: try Self.address(of: name, isSecure: !options.insecure), settings: settings)
        let session = RegistrySession(
            transport: transport, settings: settings, repository: "\(name.namespace)/\(name.model)")
        do {
            try await pull(name, from: session, into: store, report: report)
            await transport.shutDown()
        } catch {
            await transport.shutDown()
            throw error
        }
    }

    private static func address(of name: ModelName, isSecure: Bool) throws(ModelLibraryError) -> HTTPAddress {
        do throws(InvalidAddress) {
            return try HTTPAddress("\(isSecure ? "https" : "http")://\(name.host)")
        } catch {
            throw .invalidHost(name.host, reason: error.reason)
        }
    }

    private func pull(
        _ name: ModelName, from session: RegistrySession, into store: ModelStore, report: @escaping ProgressReport
    ) async throws {
        try await report(.pullingManifest)
        let bytes = try await manifest(tag: name.tag, from: session)
        let plan = try Self.plan(bytes)
        var leases: [BlobLease] = []
        do {
            for layer in plan.blobs {
                let download = BlobDownload(layer: layer, session: session, blobs: store.blobs, settings: settings)
                leases.append(try await download.run(report: report))
                if layer == plan.configuration { try await Self.checkConfiguration(of: plan, in: store) }
            }
            try await report(.verifying)
            try await Self.check(bytes, as: name, in: store)
        } catch RegistryError.invalidManifest(let reason) {
            // What belongs to no usable model is not kept.
            leases = []
            try? await BlockingThreads.shared.run { try store.removeUnused(plan.blobs.map(\.digest)) }
            throw RegistryError.invalidManifest(reason)
        }
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
        do {
            return try await session.document(
                session.address("manifests/\(tag)"), headers: ["Accept": MediaType.manifest.text],
                limit: Manifest.sizeLimit)
        } catch is PacedBody.TooLarge {
            throw RegistryError.invalidManifest("it is larger than \(Manifest.sizeLimit) bytes")
        }
    }

    private static func plan(_ bytes: [UInt8]) throws -> PullPlan {
        do {
            return try PullPlan(Manifest(parsing: bytes))
        } catch let error as ModelLibraryError {
            throw RegistryError.invalidManifest("\(error)")
        }
    }

    /// Refuses what can be no model before its weights are fetched.
    private static func checkConfiguration(of plan: PullPlan, in store: ModelStore) async throws {
        try await refusing {
            let bytes = try store.blobs.read(plan.configuration.digest)
            try plan.manifest.requireWeights(with: try ModelConfiguration(parsing: bytes))
        }
    }

    /// Refuses what could be listed but not used.
    private static func check(_ bytes: [UInt8], as name: ModelName, in store: ModelStore) async throws {
        try await refusing { try store.check(bytes, as: name) }
    }

    private static func refusing(_ check: @escaping @Sendable () throws -> Void) async throws {
        do {
            try await BlockingThreads.shared.run(check)
        } catch let error as ModelLibraryError {
            if case .fileSystem = error { throw error }
            throw RegistryError.invalidManifest("\(error)")
        }
    }
}

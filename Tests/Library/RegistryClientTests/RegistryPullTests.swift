import Crypto
import LibraryTestSupport
import Locking
import ModelLibrary
import RegistryClient
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Of what `FakeRegistry` has, only the weights are that large.
private func isOfWeights(_ step: TransferProgress) -> Bool { (step.total ?? 0) > 1_000_000 }

@Suite("Pulling from a registry")
struct RegistryPullTests {
    private let folder: TemporaryStore
    private let registry: FakeRegistry

    init() throws {
        folder = try TemporaryStore()
        registry = try FakeRegistry()
    }

    private var settings: RegistryClient.Settings {
        var settings = RegistryClient.Settings(keyPath: folder.root.appending("key/id_ed25519"))
        settings.firstPause = .milliseconds(1)
        settings.silenceLimit = .seconds(300)
        return settings
    }

    private func pull(
        from server: ScriptedServer, insecure: Bool = true, scheme: String = "",
        told: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> [TransferProgress] {
        let progress = Locked<[TransferProgress]>([])
        let reference = try ModelReference("\(scheme)\(server.host)/library/tiny")
        try await RegistryClient(settings).pull(
            reference, into: folder.store, options: PullOptions(insecure: insecure)
        ) { step in
            progress.withLock { $0.append(step) }
            told(step)
        }
        return progress.withLock { $0 }
    }

    private func expectPulled(from server: ScriptedServer) throws {
        let model = try folder.store.model(named: ModelName("\(server.host)/library/tiny"))
        #expect(try FileSystem.read(#require(model.modelPath), limit: 10_000_000) == registry.weights)
        #expect(model.system == "Be brief.")
        #expect(model.digest == Digest(hashing: registry.manifestBytes))
        #expect(try folder.storeFiles.count == 4)
    }

    /// Nothing is stored under a name, and no blob but whole ones; a partial file may wait for the next try.
    private func expectNoModel(partial: Bool = false) throws {
        #expect(try folder.store.list().models.isEmpty)
        for file in try folder.storeFiles where file.hasPrefix("blobs/") {
            if file.contains("-partial") {
                #expect(partial, "\(file)")
            } else {
                let digest = try Digest(file.dropFirst(6))
                #expect(throws: Never.self) { try folder.store.blobs.read(digest) }
            }
        }
    }

    @Test("a model arrives as the registry has it, each step told in order")
    func whole() async throws {
        let server = try ScriptedServer { [registry] in registry.reply(to: $0) }
        let progress = try await pull(from: server)
        try expectPulled(from: server)
        let statuses = progress.map(\.status).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        let layers = [registry.manifest.configuration] + registry.manifest.layers
        let blobs = layers.map { "pulling \($0.digest.short)" }
        #expect(statuses == ["pulling manifest"] + blobs + ["verifying sha256 digest", "writing manifest", "success"])
        let weights = progress.filter { $0.digest == registry.manifest.layers[0].digest.description }
        #expect(weights.allSatisfy { $0.total == registry.weights.count })
        #expect(weights.last?.completed == registry.weights.count)
        #expect(weights.map { $0.completed ?? 0 } == weights.map { $0.completed ?? 0 }.sorted())
        #expect(server.received.allSatisfy { $0.headers["user-agent"]?.hasPrefix("ollama/") == true })
        #expect(server.received.first?.headers["accept"] == "application/vnd.docker.distribution.manifest.v2+json")
    }

    @Test("pulled again, only the manifest moves; a newer one takes away what is no longer used")
    func again() async throws {
        let newer = try FakeRegistry(system: "Be long.")
        let isNewer = Locked(false)
        let server = try ScriptedServer { [registry] in (isNewer.withLock { $0 } ? newer : registry).reply(to: $0) }
        _ = try await pull(from: server)
        let requests = server.received.count
        _ = try await pull(from: server)
        #expect(server.received.count == requests + 1)
        isNewer.withLock { $0 = true }
        let progress = try await pull(from: server)
        #expect(progress.suffix(2).map(\.status) == ["removing unused layers", "success"])
        #expect(try folder.store.model(named: ModelName("\(server.host)/library/tiny")).system == "Be long.")
        #expect(try folder.storeFiles.count == 4)
    }

    @Test("connections that break are taken up where they broke")
    func resume() async throws {
        let server = try ScriptedServer { [registry] request in
            var reply = registry.reply(to: request)
            if registry.isWeights(request) { reply.cut = 800_000 }
            return reply
        }
        _ = try await pull(from: server)
        try expectPulled(from: server)
        let starts = server.received.filter(registry.isWeights).compactMap { $0.range?.lowerBound }
        #expect(starts == starts.sorted() && Set(starts).count == starts.count)
        #expect(starts.count >= 3, "\(starts)")
    }

    @Test("an interrupted pull goes on in the next one, also where its files are Ollama's")
    func resumeLater() async throws {
        let digest = registry.manifest.layers[0].digest
        let size = registry.weights.count
        var partial = Array(registry.weights[..<1_200_000])
        partial += [UInt8](repeating: 0, count: size - partial.count)
        try folder.write(partial, to: "models/blobs/sha256-\(digest.hex)-partial")
        try folder.write(
            Array(#"{"N":0,"Offset":0,"Size":\#(size),"Completed":1200000}"#.utf8),
            to: "models/blobs/sha256-\(digest.hex)-partial-0")
        let server = try ScriptedServer { [registry] in registry.reply(to: $0) }
        _ = try await pull(from: server)
        try expectPulled(from: server)
        #expect(server.received.filter(registry.isWeights).compactMap { $0.range?.lowerBound } == [1_200_000])
    }

    @Test("leftovers that are wrong cost a second download, not the model")
    func wrongLeftovers() async throws {
        let digest = registry.manifest.layers[0].digest
        let size = registry.weights.count
        try folder.write([UInt8](repeating: 7, count: size), to: "models/blobs/sha256-\(digest.hex)-partial")
        try folder.write(
            Array(#"{"N":0,"Offset":0,"Size":\#(size),"Completed":\#(size)}"#.utf8),
            to: "models/blobs/sha256-\(digest.hex)-partial-0")
        let server = try ScriptedServer { [registry] in registry.reply(to: $0) }
        _ = try await pull(from: server)
        try expectPulled(from: server)
    }

    @Test("a server without ranges is read from the start")
    func noRanges() async throws {
        let digest = registry.manifest.layers[0].digest
        let size = registry.weights.count
        try folder.write([UInt8](repeating: 7, count: size), to: "models/blobs/sha256-\(digest.hex)-partial")
        try folder.write(
            Array(#"{"N":0,"Offset":0,"Size":\#(size),"Completed":10}"#.utf8),
            to: "models/blobs/sha256-\(digest.hex)-partial-0")
        let server = try ScriptedServer { [registry] request in
            registry.reply(to: .init(method: request.method, target: request.target, headers: [:]))
        }
        _ = try await pull(from: server)
        try expectPulled(from: server)
    }

    @Test("a server without ranges whose line breaks is read from the start again, so many times")
    func noRangesAndBreaks() async throws {
        for breaks in [2, 100] {
            let count = Locked(0)
            let server = try ScriptedServer { [registry] request in
                var reply = registry.reply(to: .init(method: request.method, target: request.target, headers: [:]))
                guard registry.isWeights(request) else { return reply }
                // Every second request asks for the rest, and its answer is not read.
                if count.withLock({
                    $0 += 1; return $0
                }) < 2 * breaks {
                    reply.cut = 1_500_000
                }
                return reply
            }
            if breaks == 2 {
                _ = try await pull(from: server)
                try expectPulled(from: server)
                try folder.store.remove(ModelName("\(server.host)/library/tiny"))
            } else {
                await #expect(throws: RegistryError.self) { _ = try await pull(from: server) }
                try expectNoModel(partial: true)
                #expect(server.received.filter(registry.isWeights).count <= 2 * settings.attempts)
            }
        }
    }

    @Test("a blob of another host is fetched there, and that host is not told who asks")
    func redirect() async throws {
        let other = try ScriptedServer { [registry] in registry.reply(to: $0) }
        let server = try ScriptedServer { [registry] request in
            guard request.headers["authorization"] == "Bearer secret" else {
                if request.path == "/token" { return .init(body: Array(#"{"token":"secret"}"#.utf8)) }
                let host = request.headers["host"] ?? ""
                let challenge =
                    #"Bearer realm="http://\#(host)/token",service="s v",scope="repository:library/tiny:pull""#
                return .init(status: 401, headers: [("WWW-Authenticate", challenge)])
            }
            guard registry.isWeights(request) else { return registry.reply(to: request) }
            let location = "http://\(other.host)/cdn/\(request.path.split(separator: "/").last ?? "")?sig=1"
            return .init(status: 307, headers: [("Location", location)])
        }
        _ = try await pull(from: server)
        try expectPulled(from: server)
        #expect(other.received.count == 1)
        #expect(other.received.allSatisfy { $0.headers["authorization"] == nil && $0.target.hasSuffix("?sig=1") })
        #expect(server.received.filter { $0.path == "/token" }.count == 1)
    }

    @Test("the request for a token is signed with the user's key")
    func signature() async throws {
        let server = try ScriptedServer { [registry] request in
            if request.path == "/token" { return .init(body: Array(#"{"token":"secret"}"#.utf8)) }
            guard request.headers["authorization"] == "Bearer secret" else {
                let challenge =
                    #"Bearer realm="http://\#(request.headers["host"] ?? "")/token",service="reg",scope="a b""#
                return .init(status: 401, headers: [("WWW-Authenticate", challenge)])
            }
            return registry.reply(to: request)
        }
        _ = try await pull(from: server)
        let request = try #require(server.received.first { $0.path == "/token" })
        let query = request.target.drop { $0 != "?" }
        #expect(query.wholeMatch(of: /\?nonce=[A-Za-z0-9_-]{22}&scope=a&scope=b&service=reg&ts=\d+/) != nil)
        let parts = (request.headers["authorization"] ?? "").split(separator: ":").map(String.init)
        #expect(parts.count == 2)
        let text =
            "GET,http://\(server.host)\(request.target),"
            + "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ=="
        #expect(try SignatureCheck.isValid(parts[1], of: text, publicBlob: parts[0]))
        let line = String(
            decoding: try FileSystem.read(folder.root.appending("key/id_ed25519.pub"), limit: 1000), as: UTF8.self)
        #expect(line == "ssh-ed25519 \(parts[0])\n")
    }

    @Test("two pulls at once share the download")
    func together() async throws {
        let server = try ScriptedServer { [registry] request in
            var reply = registry.reply(to: request)
            if registry.isWeights(request) { reply.pause = 0.3 }
            return reply
        }
        async let first = pull(from: server)
        async let second = pull(from: server)
        _ = try await (first, second)
        try expectPulled(from: server)
        #expect(server.received.filter(registry.isWeights).count == 1)
    }

    @Test("cancelled in the middle, it ends at once, and the next pull goes on")
    func cancelled() async throws {
        let isSlow = Locked(true)
        let server = try ScriptedServer { [registry] request in
            var reply = registry.reply(to: request)
            if registry.isWeights(request), isSlow.withLock({ $0 }) { reply.pause = 300 }
            return reply
        }
        let hasBegun = Locked(false)
        let task = Task {
            try await pull(from: server) { step in
                if isOfWeights(step), step.completed != 0 { hasBegun.withLock { $0 = true } }
            }
        }
        #expect(try await eventually { hasBegun.withLock { $0 } })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try expectNoModel(partial: true)
        isSlow.withLock { $0 = false }
        _ = try await pull(from: server)
        try expectPulled(from: server)
        #expect((server.received.last(where: registry.isWeights)?.range?.lowerBound ?? 0) > 0)
    }

    #if os(Linux)
        @Test("killed in the middle, the store opens clean, and the next pull goes on")
        func killed() async throws {
            let isSlow = Locked(true)
            let server = try ScriptedServer { [registry] request in
                var reply = registry.reply(to: request)
                if registry.isWeights(request), isSlow.withLock({ $0 }) { reply.pause = 10 }
                return reply
            }
            let (root, host) = (folder.root.string, server.host)
            await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as String, host = host as String] in
                let root = FilePath(root)
                let client = RegistryClient(.init(keyPath: root.appending("key")))
                try await client.pull(
                    ModelReference("\(host)/library/tiny"), into: ModelStore(directory: root.appending("models")),
                    options: .init(insecure: true)
                ) { step in
                    if isOfWeights(step), step.completed != 0 { kill(getpid(), SIGKILL) }
                }
            }
            try expectNoModel(partial: true)
            #expect(try folder.store.prune() == 0)
            isSlow.withLock { $0 = false }
            _ = try await pull(from: server)
            try expectPulled(from: server)
            #expect((server.received.last(where: registry.isWeights)?.range?.lowerBound ?? 0) > 0)
        }
    #endif

    @Test("a plain http address needs the user's word")
    func insecure() async throws {
        let server = try ScriptedServer { [registry] in registry.reply(to: $0) }
        await #expect(throws: RegistryError.insecureProtocol) {
            _ = try await pull(from: server, insecure: false, scheme: "http://")
        }
        #expect(server.received.isEmpty)
    }

    @Test("without a server the error says so")
    func unreachable() async throws {
        let reference = try ModelReference("127.0.0.1:1/library/tiny")
        let error = await #expect(throws: RegistryError.self) {
            try await RegistryClient(settings).pull(reference, into: folder.store, options: .init(insecure: true)) {
                _ in
            }
        }
        #expect("\(try #require(error))".hasPrefix("cannot reach 127.0.0.1:1: "))
    }
}

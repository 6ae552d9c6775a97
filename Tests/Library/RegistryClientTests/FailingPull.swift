import LibraryTestSupport
import ModelLibrary
import RegistryClient
import SystemPackage
import Testing

/// Pulls from a registry whose answers are changed so that it must fail.
struct FailingPull: Sendable {
    let folder: TemporaryStore
    let registry: FakeRegistry

    init() throws {
        folder = try TemporaryStore()
        registry = try FakeRegistry(weightBytes: 300_000)
    }

    /// The error of a pull, which is one short line without control characters; nothing is half stored after it.
    /// - Parameter name: asked for in the place of the server's own; the server is its proxy then.
    func failure(
        of name: String? = nil, settings change: (inout RegistryClient.Settings) -> Void = { _ in },
        _ changeReply: @escaping @Sendable (ScriptedServer.Request, inout ScriptedServer.Reply) -> Void
    ) async throws -> String {
        let server = try ScriptedServer { [registry] request in
            var reply = registry.reply(to: request)
            changeReply(request, &reply)
            return reply
        }
        var settings = RegistryClient.Settings(keyPath: folder.root.appending("key"))
        settings.firstPause = .milliseconds(1)
        settings.silenceLimit = .seconds(300)
        settings.attempts = 3
        if name != nil { settings.proxies = ProxySettings(environment: ["http_proxy": server.host]) }
        change(&settings)
        let error = await #expect(throws: (any Error).self) {
            try await RegistryClient(settings).pull(
                ModelReference(name ?? "\(server.host)/library/tiny"), into: folder.store,
                options: .init(insecure: true)
            ) { _ in }
        }
        let line = error.map { "\($0)" } ?? ""
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(line.utf8.count < 700)
        try expectNothingHalfStored()
        return line
    }

    /// No model, and under a blob's name only what hashes to it.
    func expectNothingHalfStored() throws {
        #expect(try folder.store.list().models.isEmpty)
        for file in try folder.storeFiles where file.hasPrefix("blobs/") && !file.contains("-partial") {
            let digest = try Digest(file.dropFirst(6))
            #expect(throws: Never.self) { try folder.store.blobs.read(digest) }
        }
    }
}

import LibraryTestSupport
import ModelLibrary
import RegistryClient
import Testing

@Suite("Registries that misbehave")
struct HostileRegistryTests {
    private let pull: FailingPull
    private var registry: FakeRegistry { pull.registry }
    private var folder: TemporaryStore { pull.folder }

    init() throws {
        pull = try FailingPull()
    }

    private func failure(
        silenceLimit: Duration = .seconds(300),
        _ change: @escaping @Sendable (ScriptedServer.Request, inout ScriptedServer.Reply) -> Void
    ) async throws -> String {
        try await pull.failure(settings: { $0.silenceLimit = silenceLimit }, change)
    }

    @Test("a model that is not there")
    func notFound() async throws {
        #expect(try await failure { $1 = .init(status: 404) } == "pull model manifest: file does not exist")
    }

    @Test("an answer that says no is told with its text")
    func refused() async throws {
        let line = try await failure { $1 = .init(status: 412, body: Array("needs a newer\nversion".utf8)) }
        #expect(line == "pull model manifest: 412: needs a newer version")
        #expect(
            try await failure { $1 = .init(status: 500, body: [UInt8](repeating: 120, count: 100_000)) }.hasPrefix(
                "pull model manifest: 500"))
    }

    @Test(
        "manifests that are none",
        arguments: [
            "", "<html>", "{}", "[]", #"{"schemaVersion":2,"manifests":[]}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:../../x","size":1},"layers":[]}"#,
        ])
    func badManifest(text: String) async throws {
        let line = try await failure { request, reply in
            if request.path.contains("/manifests/") { reply.body = Array(text.utf8) }
        }
        #expect(line.hasPrefix("the registry sent an invalid manifest: "))
    }

    @Test("a manifest without end")
    func endlessManifest() async throws {
        let line = try await failure { request, reply in
            guard request.path.contains("/manifests/") else { return }
            reply = .init(body: [UInt8](repeating: 32, count: 1 << 20), announcedLength: -1, isEndless: true)
        }
        #expect(line == "the registry sent an invalid manifest: it is larger than 4194304 bytes")
    }

    @Test("a blob of other bytes is thrown away")
    func wrongBytes() async throws {
        let line = try await failure { [registry] request, reply in
            if registry.isWeights(request), !reply.body.isEmpty { reply.body[100] ^= 1 }
        }
        #expect(line.hasPrefix("digest mismatch, file must be downloaded again: want sha256:"))
        #expect(try folder.storeFiles.filter { $0.contains("-partial") } == [])
    }

    @Test("a blob without end, or longer than it should be")
    func tooLong() async throws {
        for change in [
            {
                $0.isEndless = true; $0.announcedLength = -1
            }, { $0.body += [1, 2, 3] },
            {
                $0.status = 200; $0.headers = []; $0.body += [1]; $0.announcedLength = -1
            },
        ] as [@Sendable (inout ScriptedServer.Reply) -> Void] {
            let line = try await failure { [registry] request, reply in
                if registry.isWeights(request) { change(&reply) }
            }
            #expect(line.contains("wrong length for sha256:"))
        }
    }

    @Test("another range than the one asked for, or another size")
    func wrongRange() async throws {
        for range in ["bytes 1-2/3", "bytes 0-99/100", "nonsense", ""] {
            let line = try await failure { [registry] request, reply in
                if registry.isWeights(request) { reply.headers = [("Content-Range", range)] }
            }
            #expect(line.contains("wrong length for sha256:"))
        }
        let line = try await failure { [registry] request, reply in
            if registry.isWeights(request) { reply = .init(body: [1, 2, 3]) }
        }
        #expect(line.contains("3 bytes instead of"))
    }

    @Test("a blob that always breaks off, stands still, or is refused ends after some tries")
    func broken() async throws {
        for change in [
            { $0.cut = 0 }, { $0.pause = 1 }, { $0 = .init(status: 503) },
        ] as [@Sendable (inout ScriptedServer.Reply) -> Void] {
            let line = try await failure(silenceLimit: .milliseconds(100)) { [registry] request, reply in
                if registry.isWeights(request) { change(&reply) }
            }
            #expect(line.hasPrefix("max retries exceeded: ") || line.hasPrefix("cannot reach "))
        }
    }

    @Test("redirects in a circle, to nowhere and to other kinds of address")
    func redirects() async throws {
        let line = try await failure { request, reply in
            reply = .init(status: 307, headers: [("Location", request.path)])
        }
        #expect(line.hasSuffix("redirects without end"))
        for location in ["ftp://x/y", "http://user@x/y", "http:// /", "http://"] {
            let line = try await failure { $1 = .init(status: 302, headers: [("Location", location)]) }
            #expect(line.hasPrefix("the registry sent an invalid address"))
        }
        #expect(try await failure { $1 = .init(status: 302) }.contains("a redirect to nowhere"))
    }

    @Test("a login at another host, of another kind, or that never ends")
    func login() async throws {
        for (challenge, message) in [
            (
                #"Bearer realm="http://elsewhere.example/token""#,
                #"realm host "elsewhere.example" does not match original host "#
            ),
            ("Basic realm=\"x\"", "the registry asks for a login in an unknown way"),
            ("Bearer service=\"x\"", "the registry asks for a login in an unknown way: it names no realm"),
        ] {
            let line = try await failure { $1 = .init(status: 401, headers: [("WWW-Authenticate", challenge)]) }
            #expect(line.hasPrefix(message))
        }
        let line = try await failure { request, reply in
            if request.path == "/token" {
                reply = .init(body: Array(#"{"token":"x"}"#.utf8))
            } else {
                let challenge = #"Bearer realm="http://\#(request.headers["host"] ?? "")/token""#
                reply = .init(status: 401, headers: [("WWW-Authenticate", challenge)])
            }
        }
        #expect(line == "unauthorized: access denied")
    }

    @Test("a model that no disk can hold")
    func tooLarge() async throws {
        var manifest = registry.manifest
        manifest.layers[0].size = 1 << 60
        let bytes = manifest.bytes
        let line = try await failure { request, reply in
            if request.path.contains("/manifests/") { reply.body = bytes }
        }
        #expect(line.hasPrefix("not enough space on the disk: 1152921504606846976 bytes are needed"))
    }
}

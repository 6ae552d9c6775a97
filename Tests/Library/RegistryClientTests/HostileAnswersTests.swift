import JSON
import LibraryTestSupport
import Locking
import ModelLibrary
import RegistryClient
import SystemPackage
import TestSupport
import Testing

@Suite("Registries that mean harm")
struct HostileAnswersTests {
    private let pull: FailingPull

    init() throws {
        pull = try FailingPull()
    }

    @Test(
        "a name with a port that no socket takes is an error of the name",
        arguments: [
            "127.0.0.1:99999", "127.0.0.1:65536", "127.0.0.1:0", "h:1:2", "h:", "localhost:18446744073709551696",
            "a..:b",
            String(repeating: "h", count: 300),
        ])
    func ports(host: String) async throws {
        let client = RegistryClient(.init(keyPath: pull.folder.root.appending("key")))
        for insecure in [false, true] {
            let error = await #expect(throws: ModelLibraryError.self) {
                try await client.pull(
                    ModelReference("\(host)/a/b"), into: pull.folder.store, options: .init(insecure: insecure)
                ) { _ in }
            }
            #expect("\(try #require(error))".contains("is no address of a registry: "))
        }
        try pull.expectNothingHalfStored()
    }

    static let badAddresses = [
        "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://127.0.0.1:-1/", "http://h:65536/", "//h:99999/x",
        "http://[::1]:65536/", "http://[::g]/", "http://h\\@evil/", "http://a%40b/", "ftp://h/", "http://é/",
        "http://" + String(repeating: "a", count: 300) + "/",
    ]

    @Test("a redirect, or a realm, to what is no address", arguments: badAddresses)
    func addresses(text: String) async throws {
        let redirect = try await pull.failure { $1 = .init(status: 302, headers: [("Location", text)]) }
        #expect(redirect.hasPrefix("the registry sent an invalid address: "))
        let realm = try await pull.failure {
            $1 = .init(status: 401, headers: [("WWW-Authenticate", #"Bearer realm="\#(text)""#)])
        }
        #expect(realm.hasPrefix("the registry sent an invalid address: "))
    }

    @Test(
        "a status that HTTP does not have ends the request and nothing else",
        arguments: ["000", "007", "042", "099", "101", "42", "1000", "-1", "2e2", "", "99999999999999999999"])
    func statuses(status: String) async throws {
        for body in ["", "x"] {
            let line = try await pull.failure { _, reply in
                reply.raw = Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
            }
            #expect(
                line.contains(status.hasPrefix("0") || status == "101" ? "which HTTP does not have" : "cannot reach"))
        }
    }

    @Test("interim answers without end are no progress")
    func interim() async throws {
        let line = try await pull.failure(settings: { $0.silenceLimit = .milliseconds(300) }) { _, reply in
            reply.raw = Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n".utf8)
            reply.drip = 500
        }
        #expect(line.contains("no data for too long"))
    }

    @Test("answers that were damaged on their way never end the process", arguments: 0..<12)
    func damaged(seed: Int) async throws {
        let random = Locked(SeededGenerator(seed: UInt64(seed)))
        let registry = pull.registry
        let server = try ScriptedServer { request in
            var reply = registry.reply(to: request)
            if random.withLock({ Int.random(in: 0..<3, using: &$0) }) == 0 { return reply }
            var head = "HTTP/1.1 \(reply.status) OK\r\nContent-Length: \(reply.body.count)\r\n"
            for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
            var bytes = Array((head + "\r\n").utf8)
            random.withLock { random in
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let position = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<9, using: &random) {
                    case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.insert(contentsOf: "\r\n".utf8, at: position)
                    case 2: bytes.insert(contentsOf: "99999".utf8, at: position)
                    case 3: bytes.insert(contentsOf: "\r\nTransfer-Encoding: chunked\r\n".utf8, at: position)
                    case 4: bytes = Array("HTTP/1.1 100 C\r\n\r\n".utf8) + bytes
                    case 5: bytes = Array("HTTP/1.1 101 C\r\nUpgrade: h2c\r\n\r\n".utf8) + bytes
                    case 6: bytes = Array("HTTP/1.1 204 C\r\n\r\nHTTP/1.1 304 C\r\n\r\n".utf8) + bytes
                    case 7: bytes += Array("HTTP/1.1 042 C\r\n\r\n".utf8)
                    default: bytes += bytes[..<position]
                    }
                }
            }
            reply.raw = bytes + reply.body
            return reply
        }
        var settings = RegistryClient.Settings(keyPath: pull.folder.root.appending("key"))
        settings.firstPause = .milliseconds(1)
        settings.attempts = 2
        for _ in 0..<10 {
            // Either it is told what is wrong, or nothing was wrong that matters.
            do {
                try await RegistryClient(settings).pull(
                    ModelReference("\(server.host)/library/tiny"), into: pull.folder.store,
                    options: .init(insecure: true)
                ) { _ in }
                _ = try pull.folder.store.model(named: ModelName("\(server.host)/library/tiny"))
                try pull.folder.store.remove(ModelName("\(server.host)/library/tiny"))
            } catch {
                try pull.expectNothingHalfStored()
            }
        }
    }

    // MARK: Drips

    @Test("a head, a manifest, an explanation, a token and a blob that only drip are given up")
    func drips() async throws {
        let head = try await pull.failure(settings: { $0.answerLimit = .milliseconds(300) }) { _, reply in
            reply.raw = Array("HTTP/1.1 200 ".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
            reply.drip = 2000
        }
        #expect(head.contains("no answer within the time allowed"))
        let total: (inout RegistryClient.Settings) -> Void = {
            $0.documentPace = TransferPace(total: .milliseconds(300))
        }
        let manifest = try await pull.failure(settings: total) { _, reply in
            reply = .init(body: [32], announcedLength: 100_000, drip: 2000)
        }
        #expect(manifest.contains("not all came within 0.3 seconds"))
        let explanation = try await pull.failure(settings: total) { _, reply in
            reply = .init(status: 418, body: Array("tea".utf8), announcedLength: 100_000, drip: 2000)
        }
        #expect(explanation.hasPrefix("pull model manifest: 418: "))
        let token = try await pull.failure(settings: total) { request, reply in
            let challenge = #"Bearer realm="http://\#(request.headers["host"] ?? "")/token""#
            reply = .init(status: 401, headers: [("WWW-Authenticate", challenge)])
            if request.path == "/token" { reply = .init(body: [32], announcedLength: 60_000, drip: 2000) }
        }
        #expect(token == "unauthorized: access denied")
        let blob = try await pull.failure(settings: {
            $0.blobPace = TransferPace(minimum: 100_000, per: .milliseconds(300))
        }) { [registry = pull.registry] request, reply in
            if registry.isWeights(request) { reply.drip = 2000 }
        }
        #expect(blob == "max retries exceeded: less than 100000 bytes came in 0.3 seconds")
    }

    // MARK: Manifests

    @Test("manifests that can be no model are refused before a blob is fetched")
    func manifests() async throws {
        let manifest = pull.registry.manifest
        func changed(_ change: (inout Manifest) -> Void) -> [UInt8] {
            var copy = manifest
            change(&copy)
            return copy.bytes
        }
        let text = String(decoding: manifest.bytes, as: UTF8.self)
        let size = "\"size\":\(manifest.layers[0].size)"
        for (bytes, message) in [
            (changed { $0.layers = (0..<300).map { _ in manifest.layers[1] } }, "it lists 300 layers"),
            (changed { $0.configuration.size = 2 << 20 }, "its configuration has 2097152 bytes"),
            (changed { $0.layers[1].size = 17 << 20 }, "has 17825792 bytes"),
            (
                changed {
                    $0.layers.append($0.layers[0]); $0.layers[0].size += 1
                }, "two sizes"
            ),
            (Array(text.replacing(size, with: "\"size\":-1").utf8), "no valid size"),
            (Array(text.replacing(size, with: "\"size\":9223372036854775808").utf8), "no valid size"),
            (Array(text.replacing(size, with: "\"size\":1e30").utf8), "no valid size"),
            (Array(text.replacing(size, with: "\"size\":9223372036854775807").utf8), "sizes are too large"),
            (Array(text.replacing(size, with: "\"size\":\"5\"").utf8), "no valid size"),
        ] {
            let requests = Locked(0)
            let line = try await pull.failure { request, reply in
                requests.withLock { $0 += 1 }
                if request.path.contains("/manifests/") { reply = .init(body: bytes) }
            }
            #expect(line.hasPrefix("the registry sent an invalid manifest: "))
            #expect(line.contains(message))
            #expect(requests.withLock { $0 } == 1)
            #expect(try pull.folder.storeFiles == [])
        }
    }

    @Test("a model without weights, or with a garbage configuration, is refused before its layers are fetched")
    func configurations() async throws {
        let registry = pull.registry
        for (text, message) in [
            ("garbage", "the configuration is damaged"), ("[]", "it is no JSON object"),
            (#"{"model_family":7}"#, "model_family is not a text"), ("", "the configuration is damaged"),
            (String(repeating: "[", count: 10_000), "the configuration is damaged"), ("{}", "it names no weights"),
        ] {
            var manifest = registry.manifest
            let digest = Digest(hashing: Array(text.utf8))
            manifest.configuration = Layer(mediaType: .configuration, digest: digest, size: text.utf8.count)
            if message.hasSuffix("weights") { manifest.layers.removeFirst() }
            let bytes = manifest.bytes
            let hasAskedForLayers = Locked(false)
            let line = try await pull.failure { request, reply in
                if request.path.contains("/manifests/") {
                    reply = .init(body: bytes)
                } else if request.path.hasSuffix(digest.description) {
                    let body = Array(text.utf8)
                    reply = .init(status: 200, body: body)
                } else {
                    hasAskedForLayers.withLock { $0 = true }
                }
            }
            #expect(line.hasPrefix("the registry sent an invalid manifest: "))
            #expect(line.contains(message))
            #expect(!hasAskedForLayers.withLock { $0 })
            #expect(try pull.folder.storeFiles == [])
        }
    }

    @Test("texts that could be listed but not used are refused, and nothing of the model is kept")
    func texts() async throws {
        var manifest = pull.registry.manifest
        let garbage = Array("{\"temperature\":".utf8)
        manifest.layers.append(
            Layer(mediaType: .parameters, digest: Digest(hashing: garbage), size: garbage.count))
        let bytes = manifest.bytes
        let line = try await pull.failure { request, reply in
            if request.path.contains("/manifests/") {
                reply = .init(body: bytes)
            } else if request.path.hasSuffix(Digest(hashing: garbage).description) {
                reply = .init(body: garbage)
            }
        }
        #expect(line.hasPrefix("the registry sent an invalid manifest: blob sha256:"))
        #expect(try pull.folder.storeFiles == [])
    }

    // MARK: Redirects

    @Test(
        "a registry elsewhere is not followed to this machine, its network or its wire",
        arguments: [
            "http://127.0.0.1:11434/api/delete", "http://localhost:1/", "http://[::1]:1/", "http://0.0.0.0:1/",
            "http://2130706433:1/", "http://[::ffff:127.0.0.1]:1/", "http://a.localhost/", "http://10.0.0.1/",
            "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "//127.1/",
        ])
    func nearRedirects(location: String) async throws {
        let asked = Locked<[String]>([])
        let line = try await pull.failure(of: "registry.example/library/tiny") { request, reply in
            asked.withLock { $0.append(request.target) }
            reply = .init(status: 307, headers: [("Location", location)])
        }
        #expect(line.hasPrefix("the registry redirects to "))
        #expect(line.hasSuffix(", which is on this machine or in its own network; refused"))
        #expect(asked.withLock { $0 } == ["http://registry.example/v2/library/tiny/manifests/latest"])
    }

    // MARK: Words

    @Test("what a registry says comes as one short line that moves no cursor")
    func words() async throws {
        let body = "<html>\u{1b}[2J\u{9b}31m\r\nno\u{202e}\u{0}pe\t\n" + String(repeating: "e\u{301}", count: 50_000)
        let line = try await pull.failure { $1 = .init(status: 500, body: Array(body.utf8)) }
        #expect(line.hasPrefix("pull model manifest: 500: <html>[2J31m nope e\u{301}"))
        #expect(line.utf8.count < 400)
        let challenge = try await pull.failure {
            $1 = .init(
                status: 401, headers: [("WWW-Authenticate", "Odd \u{9b}2J" + String(repeating: "x", count: 5000))])
        }
        #expect(challenge.hasPrefix("the registry asks for a login in an unknown way: Odd 2Jxxx"))
        let realm = try await pull.failure {
            $1 = .init(status: 302, headers: [("Location", "http://\u{9b}2J" + String(repeating: "x", count: 5000))])
        }
        #expect(realm.hasPrefix("the registry sent an invalid address: http://2Jxxx"))
    }
}

import LibraryTestSupport
import Locking
import ModelLibrary
import RegistryClient
import SystemPackage
import Testing

@Suite("Pulling through a proxy")
struct RegistryProxyTests {
    private let folder: TemporaryStore
    private let registry: FakeRegistry

    init() throws {
        folder = try TemporaryStore()
        registry = try FakeRegistry(weightBytes: 300_000)
    }

    private func pull(_ name: String, insecure: Bool, _ environment: [String: String]) async throws {
        var settings = RegistryClient.Settings(keyPath: folder.root.appending("key"))
        settings.firstPause = .milliseconds(1)
        settings.attempts = 2
        settings.proxies = ProxySettings(environment: environment)
        try await RegistryClient(settings).pull(
            ModelReference(name), into: folder.store, options: .init(insecure: insecure)
        ) { _ in }
    }

    @Test("a plain registry is asked through it by whole addresses, with the user and password of the variable")
    func plain() async throws {
        let proxy = try ScriptedServer { [registry] in registry.reply(to: $0) }
        try await pull(
            "registry.example:5000/library/tiny", insecure: true, ["http_proxy": "http://us%20er:pw@\(proxy.host)"])
        #expect(try folder.store.list().models.map(\.name.host) == ["registry.example:5000"])
        #expect(proxy.received.allSatisfy { $0.target.hasPrefix("http://registry.example:5000/v2/library/tiny/") })
        #expect(proxy.received.allSatisfy { $0.headers["host"] == "registry.example:5000" })
        #expect(proxy.received.allSatisfy { $0.headers["proxy-authorization"] == "Basic dXMgZXI6cHc=" })
        #expect(proxy.received.count == 4)
    }

    @Test("a secure registry is asked for by CONNECT; a proxy that refuses is told from a registry that does")
    func secure() async throws {
        for (status, message) in [(502, "the proxy refuses the connection"), (407, "the proxy asks for a user")] {
            let proxy = try ScriptedServer { _ in .init(status: status) }
            let error = await #expect(throws: RegistryError.self) {
                try await pull("registry.example/library/tiny", insecure: false, ["HTTPS_PROXY": "u:p@\(proxy.host)"])
            }
            #expect(
                "\(try #require(error))".hasPrefix(
                    "cannot reach registry.example through the proxy \(proxy.host): \(message)"))
            let request = try #require(proxy.received.first)
            #expect(request.method == "CONNECT")
            #expect(request.target == "registry.example:443")
            #expect(request.headers["proxy-authorization"] == "Basic dTpw")
        }
    }

    @Test("a proxy that is not there is named")
    func dead() async throws {
        for variable in ["http_proxy", "ALL_PROXY"] {
            let kind = variable == "ALL_PROXY" ? "socks5://" : "http://"
            let error = await #expect(throws: RegistryError.self) {
                try await pull("registry.example/library/tiny", insecure: true, [variable: "\(kind)127.0.0.1:1"])
            }
            #expect(
                "\(try #require(error))".hasPrefix("cannot reach registry.example through the proxy 127.0.0.1:1: "))
        }
    }

    @Test("this machine and exceptions are reached past a dead one")
    func direct() async throws {
        let server = try ScriptedServer { [registry] in registry.reply(to: $0) }
        let dead = ["HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"]
        try await pull("\(server.host)/library/tiny", insecure: true, dead)
        #expect(try folder.store.list().models.count == 1)
    }

    @Test("a redirect is followed by the proxy of its own address")
    func redirect() async throws {
        let proxy = try ScriptedServer { [registry] request in
            guard registry.isWeights(request), request.target.hasPrefix("http://registry.example") else {
                return registry.reply(to: request)
            }
            let digest = registry.manifest.layers[0].digest
            return .init(status: 307, headers: [("Location", "http://cdn.example/x/\(digest)")])
        }
        try await pull("registry.example/library/tiny", insecure: true, ["http_proxy": proxy.host])
        #expect(proxy.received.contains { $0.target.hasPrefix("http://cdn.example/x/sha256:") })
    }

    @Test("a proxy that wants a login is told from a registry that wants one")
    func login() async throws {
        let proxy = try ScriptedServer { _ in .init(status: 407, body: Array("<html>log in\u{1b}[2J</html>".utf8)) }
        let error = await #expect(throws: RegistryError.self) {
            try await pull("registry.example/library/tiny", insecure: true, ["http_proxy": proxy.host])
        }
        #expect("\(try #require(error))".contains("the proxy asks for a user and a password"))
    }
}

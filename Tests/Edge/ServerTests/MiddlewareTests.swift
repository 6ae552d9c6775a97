import APITypes
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Server
import Testing

@Suite("Who may talk to the server")
struct MiddlewareTests {
    private func status(host: String, listeningOn address: String = "127.0.0.1") async throws -> Int {
        let server = try TestServer()
        return try await server.application { $0.address.host = address }.test(.live) { client in
            try await TestClient.withClient(host: "localhost", port: #require(client.port)) { client in
                let response = try await client.execute(.init("/api/version", method: .get, authority: host))
                return response.status.code
            }
        }
    }

    @Test(
        "a server of this machine answers under the names of this machine only",
        arguments: [
            ("localhost:11434", 200), ("127.0.0.1", 200), ("192.168.1.5:80", 200), ("[::1]:9", 200), ("x.local", 200),
            ("a.b.localhost", 200), ("db.internal", 200), ("10.0.0.1", 200), ("evil.com", 403), ("8.8.8.8", 403),
            ("localhost.evil.com", 403), ("172.32.0.1", 403),
        ])
    func hosts(host: String, expected: Int) async throws {
        #expect(try await status(host: host) == expected)
    }

    @Test("a server of the whole network answers under any name")
    func publicServer() async throws {
        #expect(try await status(host: "evil.com", listeningOn: "0.0.0.0") == 200)
    }

    @Test("a page of an allowed origin is told so; others are refused")
    func origins() async throws {
        let server = try TestServer()
        let allowed = try await server.exchange(.get, "/api/version", headers: [.origin: "http://localhost:3000"])
        #expect(allowed.status == 200)
        #expect(allowed.headers[.accessControlAllowOrigin] == "http://localhost:3000")
        #expect(allowed.headers[.vary] == "Origin")
        let refused = try await server.exchange(.get, "/api/version", headers: [.origin: "http://evil.com"])
        #expect(refused.status == 403)
        #expect(refused.text.isEmpty)
        let same = try await server.exchange(.get, "/api/version", headers: [.origin: "http://localhost"])
        #expect(same.headers[.accessControlAllowOrigin] == nil)
    }

    @Test("a preflight is answered without a route")
    func preflight() async throws {
        let server = try TestServer()
        let reply = try await server.exchange(.options, "/api/chat", headers: [.origin: "app://x"])
        #expect(reply.status == 204)
        #expect(reply.headers[.accessControlMaxAge] == "43200")
        #expect(reply.headers[.accessControlAllowHeaders]?.contains("x-stainless-retry-count") == true)
        #expect(reply.headers[.accessControlAllowMethods] == "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS")
    }

    @Test("errors of allowed pages can be read by them")
    func errorsOfPages() async throws {
        let reply = try await TestServer().exchange(.post, "/api/chat", "{}", headers: [.origin: "app://x"])
        #expect(reply.status == 400)
        #expect(reply.headers[.accessControlAllowOrigin] == "app://x")
    }
}

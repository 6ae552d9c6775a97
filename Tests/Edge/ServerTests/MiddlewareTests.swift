import APITypes
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
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
            ("localhost.evil.com", 403), ("172.32.0.1", 403), ("LOCALHOST:1", 200), ("localhost.", 200),
            ("localhost.:80", 200), ("localhost:", 200), ("[::ffff:127.0.0.1]", 200), ("[::1%25lo]:80", 200),
            ("localhost:80@evil.example", 403), ("localhost@evil.example", 403), ("[::1]evil.example", 403),
            ("[::1]:80@evil.example", 403), ("[::1]evil.example:80", 403), ("[localhost]", 403), ("[::1", 403),
            ("::1", 403), ("localhost:99999", 403), ("localhost:+80", 403), ("localhost:8x", 403),
            ("localhost:80:80", 403), ("localhost/x.evil.example", 403), ("evil.example#.localhost", 403),
            ("127.0.0.1.evil.example", 403), ("0x7f000001", 403), ("x.local.evil.example", 403),
        ])
    func hosts(host: String, expected: Int) async throws {
        #expect(try await status(host: host) == expected)
    }

    @Test("a server of the whole network answers under any name")
    func publicServer() async throws {
        #expect(try await status(host: "evil.com", listeningOn: "0.0.0.0") == 200)
    }

    @Test("a name that is refused is told with what to set, in the words of the path's readers")
    func refusedHost() async throws {
        let server = try TestServer()
        try await server.application { $0.address.host = "127.0.0.1" }.test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                for (path, key) in [("/api/version", "error"), ("/v1/models", "error"), ("/nowhere", "error")] {
                    try await connection.send("GET \(path) HTTP/1.1\r\nHost: ai.example.com\r\n\r\n")
                    let response = try #require(await connection.response())
                    #expect(response.status == 403)
                    #expect(response.body.contains("Host header names \\\"ai.example.com\\\""))
                    #expect(response.body.contains("OLLAMA_HOST"))
                    #expect((try? JSONParser.parse(response.body))?[key] != nil)
                }
            }
        }
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
        #expect(refused.error?.contains("\"http://evil.com\"") == true)
        #expect(refused.error?.contains("OLLAMA_ORIGINS") == true)
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

    @Test("a page that is allowed may send headers of its own, and reach this machine from outside where it asks")
    func preflightOfOwnHeaders() async throws {
        let server = try TestServer()
        let asked = try #require(HTTPField.Name("Access-Control-Request-Private-Network"))
        let allowed = try #require(HTTPField.Name("Access-Control-Allow-Private-Network"))
        let plain = try await server.exchange(
            .options, "/api/chat",
            headers: [.origin: "app://x", .accessControlRequestHeaders: "content-type, x-api-key,X-Title,b@d"])
        let headers = plain.headers[.accessControlAllowHeaders]?.split(separator: ",") ?? []
        #expect(headers.suffix(2) == ["x-api-key", "x-title"])
        #expect(headers.count { $0.lowercased() == "content-type" } == 1)
        #expect(plain.headers[allowed] == nil)
        let asking = try await server.exchange(.options, "/api/chat", headers: [.origin: "app://x", asked: "true"])
        #expect(asking.headers[allowed] == "true")
        let refused = try await server.exchange(
            .options, "/api/chat", headers: [.origin: "https://evil.example", asked: "true"])
        #expect(refused.status == 403)
        #expect(refused.headers[allowed] == nil)
    }

    @Test("errors of allowed pages can be read by them")
    func errorsOfPages() async throws {
        let reply = try await TestServer().exchange(.post, "/api/chat", "{}", headers: [.origin: "app://x"])
        #expect(reply.status == 400)
        #expect(reply.headers[.accessControlAllowOrigin] == "app://x")
    }
}

import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import InMemoryLogging
import Logging
import NIOCore
import Testing

@Suite("What a request is called")
struct RequestIdentifierTests {
    private let field = HTTPField.Name("X-Request-Id")

    private func isNew(_ id: String?) -> Bool {
        guard let id, id.hasPrefix("req_") else { return false }
        return id.utf8.count == 28 && id.dropFirst(4).allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    @Test(
        "an identifier comes back",
        arguments: [
            "a", "550e8400-e29b-41d4-a716-446655440000", "Root=1-67891233-abcdef", "a.b_c:d/e+f@g",
            String(repeating: "x", count: 128),
        ])
    func accepted(id: String) async throws {
        let field = try #require(field)
        let reply = try await TestServer().exchange(.get, "/api/version", headers: [field: id])
        #expect(reply.headers[field] == id)
    }

    @Test(
        "what is none is not repeated; the request gets a new one",
        arguments: [
            "", "a b", "a,b", "a\"b", "a;b", "<b>", "{{a}}", "$(a)", "a%0d%0aX-Evil:1", "é", "\u{1B}[2J",
            String(repeating: "x", count: 129), String(repeating: "x", count: 10_000),
        ])
    func replaced(id: String) async throws {
        let field = try #require(field)
        let reply = try await TestServer().exchange(.get, "/api/version", headers: [field: id])
        #expect(isNew(reply.headers[field]))
    }

    @Test("every answer has one, streams and failures too, and no two have the same")
    func everywhere() async throws {
        let field = try #require(field)
        let server = try TestServer([.text("a"), .fail(.engineFailed("x"))], failures: ["full": .overloaded])
        var ids: Set<String> = []
        let exchanges: [(HTTPRequest.Method, String, String?, HTTPFields)] = [
            (.get, "/", nil, [:]), (.head, "/health", nil, [:]), (.get, "/nothing", nil, [:]),
            (.get, "/api/chat", nil, [:]), (.post, "/api/chat", "{", [:]),
            (.post, "/api/generate", #"{"model": "m", "prompt": "p"}"#, [:]),
            (.post, "/api/generate", #"{"model": "full", "prompt": "p"}"#, [:]),
            (.post, "/v1/completions", #"{"model": "m", "prompt": "p", "stream": true}"#, [:]),
            (.get, "/", nil, [.origin: "http://evil.com"]), (.options, "/api/chat", nil, [.origin: "app://x"]),
        ]
        for (method, path, body, headers) in exchanges {
            let reply = try await server.exchange(method, path, body, headers: headers)
            #expect(isNew(reply.headers[field]), "\(method) \(path)")
            ids.insert(reply.headers[field] ?? "")
        }
        #expect(ids.count == exchanges.count)
    }

    @Test("what is no request has one too")
    func noRequest() async throws {
        let server = try TestServer()
        try await server.application().test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                try await connection.send("GET / HTTP/1.1\r\n\r\n")
                let response = try #require(await connection.response())
                #expect(response.status == 400)
                #expect(isNew(response.headers["x-request-id"]))
            }
        }
    }

    @Test("all that is logged of a request has its identifier")
    func log() async throws {
        let field = try #require(field)
        let log = InMemoryLogHandler()
        let server = try TestServer([.text("a"), .fail(.engineFailed("x"))], failures: ["broken": .engineFailed("y")])
        try await server.application(log: log).test(.router) { client in
            for model in ["m", "broken"] {
                try await client.execute(
                    uri: "/api/generate", method: .post, headers: [field: "mine"],
                    body: ByteBuffer(string: #"{"model": "\#(model)", "prompt": "p"}"#)
                ) { _ in }
            }
        }
        let entries = log.entries.filter { $0.level >= .info }
        #expect(entries.contains { "\($0.message)" == "a stream ended early" })
        #expect(entries.contains { "\($0.message)" == "request failed" })
        #expect(entries.count { "\($0.message)".hasPrefix("POST /api/generate") } == 2)
        for entry in entries where "\(entry.message)".contains("stream") || "\(entry.message)".contains("POST") {
            #expect(entry.metadata["hb.request.id"] == "mine", "\(entry.message)")
        }
    }
}

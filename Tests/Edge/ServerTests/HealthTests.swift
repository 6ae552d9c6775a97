import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import InMemoryLogging
import Locking
import Logging
import Server
import Testing

@Suite("Whether the server is alive, and takes work")
struct HealthTests {
    @Test("a server without anything to do is alive and ready, also to HEAD")
    func well() async throws {
        let server = try TestServer()
        for (path, text) in [("/health", #"{"status":"ok"}"#), ("/ready", #"{"status":"ready"}"#)] {
            let reply = try await server.exchange(.get, path)
            #expect(reply.status == 200)
            #expect(reply.text == text)
            #expect(reply.contentType == "application/json; charset=utf-8")
            let head = try await server.exchange(.head, path)
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(try await server.exchange(.post, path, "{}").status == 405)
        }
    }

    @Test(
        "a server that would refuse work says why, and is alive",
        arguments: [
            (GenerationError.overloaded, FailureText.overloaded, "5"),
            (.shuttingDown, FailureText.shuttingDown, "10"),
        ])
    func unready(error: GenerationError, message: String, seconds: String) async throws {
        let server = try TestServer()
        server.service.refused.withLock { $0 = error }
        let reply = try await server.exchange(.get, "/ready")
        #expect(reply.status == 503)
        #expect(reply.error == message)
        #expect(reply.headers[.retryAfter] == seconds)
        let head = try await server.exchange(.head, "/ready")
        #expect(head.status == 503)
        #expect(head.text.isEmpty)
        #expect(try await server.exchange(.get, "/health").status == 200)
    }

    @Test("what is asked every few seconds is not in the log")
    func log() async throws {
        let server = try TestServer()
        let log = InMemoryLogHandler()
        server.service.refused.withLock { $0 = .overloaded }
        try await server.application(log: log).test(.router) { client in
            for path in ["/health", "/ready", "/api/version"] {
                try await client.execute(uri: path, method: .get) { _ in }
            }
        }
        let lines = log.entries.filter { $0.level >= .info }.map { "\($0.message)" }
        #expect(lines.count { $0.hasPrefix("GET /api/version 200") } == 1)
        #expect(!lines.contains { $0.contains("/health") || $0.contains("/ready") || $0.contains("failed") })
    }
}

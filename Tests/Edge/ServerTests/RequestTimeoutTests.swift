import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Locking
import TestSupport
import Testing

@Suite("How long clients wait", .timeLimit(.minutes(10)))
struct RequestTimeoutTests {
    private func fields(_ seconds: String) throws -> HTTPFields {
        [try #require(HTTPField.Name("X-Request-Timeout")): seconds]
    }

    private func message(_ seconds: String) -> String {
        "the answer was not complete within the \(seconds) s of X-Request-Timeout; allow more, or ask for less"
    }

    @Test(
        "an answer that does not come in time is given up, on every route",
        arguments: [
            ("/api/generate", #"{"model": "m", "prompt": "p"}"#),
            ("/api/generate", #"{"model": "m", "prompt": "p", "stream": false}"#),
            ("/api/chat", #"{"model": "m", "messages": [{"role": "user", "content": "p"}]}"#),
        ])
    func beforeFirstByte(path: String, body: String) async throws {
        let server = try TestServer([.hang])
        let reply = try await server.exchange(.post, path, body, headers: fields("0.05"))
        #expect(reply.status == 504)
        #expect(reply.error == message("0.05"))
        #expect(reply.headers[try #require(HTTPField.Name("X-Should-Retry"))] == "false")
        #expect(server.service.record.withLock { $0.cancelled } == 1)
        #expect(server.service.record.withLock { $0.ended } == 1)
    }

    @Test(
        "programs of OpenAI are told in their words",
        arguments: [
            #"{"model": "m", "stream": true, "messages": [{"role": "user", "content": "p"}]}"#,
            #"{"model": "m", "n": 2, "messages": [{"role": "user", "content": "p"}]}"#,
        ])
    func openAI(body: String) async throws {
        let server = try TestServer([.hang])
        let reply = try await server.exchange(.post, "/v1/chat/completions", body, headers: fields("0.05"))
        #expect(reply.status == 504)
        #expect(reply.json?["error"]?["message"] == .string(message("0.05")))
        #expect(reply.json?["error"]?["code"] == "timeout")
        let generations = server.service.record.withLock { $0.requests.count }
        #expect(server.service.record.withLock { $0.cancelled } == generations)
    }

    @Test("within a stream the last line says so, and the generation has ended")
    func inStream() async throws {
        let server = try TestServer([.text("a"), .hang])
        let reply = try await server.exchange(
            .post, "/api/generate", #"{"model": "m", "prompt": "p"}"#, headers: fields("0.2"))
        #expect(reply.status == 200)
        #expect(reply.lines.map { $0["response"] } == ["a", nil])
        #expect(reply.lines.last == ["error": .string(message("0.2"))])
        #expect(server.service.record.withLock { $0.cancelled } == 1)
        let events = try await server.exchange(
            .post, "/v1/completions", #"{"model": "m", "prompt": "p", "stream": true}"#, headers: fields("0.2")
        ).events
        #expect(events.last?.contains("X-Request-Timeout") == true)
    }

    @Test("a client that reads slowly gets the last line too, and a complete body")
    func slowReader() async throws {
        let text = String(repeating: "x", count: 64 << 10)
        let server = try TestServer(Array(repeating: .text(text), count: 4000) + [.finished])
        try await server.application().test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                try await connection.post(
                    "/api/generate", #"{"model": "m", "prompt": "p"}"#,
                    headers: "Connection: close\r\nX-Request-Timeout: 0.5\r\n")
                #expect(try await eventually { server.service.record.withLock { $0.cancelled == 1 } })
                let end = try await connection.rest().suffix(200)
                #expect(end.contains(#"{"error":"\#(message("0.5"))"}"#))
                #expect(end.hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test("an answer in time is as without", arguments: ["60", "604800", "0000060.000", "99.5"])
    func inTime(seconds: String) async throws {
        let server = try TestServer([.text("a"), .finished])
        for stream in [true, false] {
            let reply = try await server.exchange(
                .post, "/api/generate", #"{"model": "m", "prompt": "p", "stream": \#(stream)}"#,
                headers: fields(seconds))
            #expect(reply.status == 200)
            #expect(reply.lines.last?["done"] == true)
        }
        #expect(server.service.record.withLock { $0.cancelled } == 0)
        let embedding = try await server.exchange(
            .post, "/api/embed", #"{"model": "m", "input": "p"}"#, headers: fields(seconds))
        #expect(embedding.status == 200)
    }

    @Test("a failure that comes in time is the answer")
    func failure() async throws {
        let reply = try await TestServer([.fail(.engineFailed("x"))]).exchange(
            .post, "/api/generate", #"{"model": "m", "prompt": "p"}"#, headers: fields("60"))
        #expect(reply.status == 500)
    }

    @Test(
        "what is no number of seconds is refused by name",
        arguments: [
            "", "0", "0.0", "-1", "+5", "abc", "nan", "inf", "1e3", "0x10", "1,2", "1.2.3", ".", ".5", "5.", "5s",
            "1 2",
            "604801", "99999999999999999999999999", String(repeating: "1", count: 5000),
            "0." + String(repeating: "0", count: 400) + "1",
        ])
    func refused(seconds: String) async throws {
        let server = try TestServer([.finished])
        let reply = try await server.exchange(
            .post, "/api/generate", #"{"model": "m", "prompt": "p"}"#, headers: fields(seconds))
        #expect(reply.status == 400)
        #expect(reply.error?.hasPrefix("X-Request-Timeout is \"") == true)
        #expect(reply.error?.hasSuffix("send seconds above 0 and up to 604800, as 30 or 2.5") == true)
        #expect(server.service.record.withLock { $0.requests.isEmpty })
        let openAI = try await server.exchange(.get, "/v1/models", headers: fields(seconds))
        #expect(openAI.json?["error"]?["type"] == "invalid_request_error")
    }
}

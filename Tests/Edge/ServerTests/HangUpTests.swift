import APIClient
import APITypes
import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Locking
import NIOCore
import TestSupport
import Testing

@Suite("Clients that leave", .timeLimit(.minutes(10)))
struct HangUpTests {
    /// Sends a request over a socket, waits until the generation hangs, closes, and waits for its end.
    private func hangUp(_ steps: [ScriptedService.Step], path: String, body: String) async throws -> Duration {
        let server = try TestServer(steps + [.hang])
        return try await server.application().test(.live) { client in
            let connection = TestClient(host: "localhost", port: try #require(client.port))
            connection.connect()
            try await connection.executeAndDontWaitForResponse(
                .init(path, method: .post, authority: "localhost", body: ByteBuffer(string: body)))
            #expect(try await eventually { server.service.record.withLock { $0.requests.count == 1 } })
            try await Task.sleep(for: .milliseconds(50))
            #expect(server.service.record.withLock { $0.ended } == 0)
            let left = ContinuousClock.now
            try await connection.close(mode: .all)
            #expect(try await eventually { server.service.record.withLock { $0.ended == 1 } })
            #expect(server.service.record.withLock { $0.cancelled } == 1)
            return ContinuousClock.now - left
        }
    }

    @Test(
        "a generation ends with its connection, also before it has said anything",
        arguments: [
            ("/api/generate", #"{"model": "m", "prompt": "p"}"#),
            ("/api/generate", #"{"model": "m", "prompt": "p", "stream": false}"#),
            ("/api/chat", #"{"model": "m", "messages": [{"role": "user", "content": "p"}]}"#),
            (
                "/v1/chat/completions",
                #"{"model": "m", "stream": true, "messages": [{"role": "user", "content": "p"}]}"#
            ),
            ("/v1/chat/completions", #"{"model": "m", "messages": [{"role": "user", "content": "p"}]}"#),
        ])
    func beforeFirstByte(path: String, body: String) async throws {
        #expect(try await hangUp([], path: path, body: body) < .seconds(50))
    }

    @Test("a generation ends with its connection in the middle of a stream")
    func inTheMiddle() async throws {
        let body = #"{"model": "m", "prompt": "p"}"#
        #expect(try await hangUp([.text("a"), .text("b")], path: "/api/generate", body: body) < .seconds(50))
    }

    @Test("a client that reads nothing holds up its own generation only so far")
    func slowReader() async throws {
        let text = String(repeating: "x", count: 64 << 10)
        let server = try TestServer(Array(repeating: .text(text), count: 4000) + [.finished])
        try await server.application().test(.live) { client in
            let connection = TestClient(host: "localhost", port: try #require(client.port))
            connection.connect()
            let channel = try await connection.getChannel()
            try await channel.setOption(.autoRead, value: false).get()
            try await connection.executeAndDontWaitForResponse(
                .init(
                    "/api/generate", method: .post, authority: "localhost",
                    body: ByteBuffer(string: #"{"model": "m", "prompt": "p"}"#)))
            #expect(try await eventually { server.service.served.withLock { $0 } > 0 })
            try await Task.sleep(for: .milliseconds(500))
            #expect(server.service.served.withLock { $0 } < 2000)
            try await connection.close(mode: .all)
            #expect(try await eventually { server.service.record.withLock { $0.ended == 1 } })
        }
    }

    @Test("a client that takes nothing for too long loses its connection")
    func stalledReader() async throws {
        let text = String(repeating: "x", count: 64 << 10)
        let server = try TestServer(
            Array(repeating: .text(text), count: 4000) + [.finished], clientPatience: .milliseconds(200))
        try await server.application().test(.live) { client in
            let connection = TestClient(host: "localhost", port: try #require(client.port))
            connection.connect()
            let channel = try await connection.getChannel()
            try await channel.setOption(.autoRead, value: false).get()
            try await connection.executeAndDontWaitForResponse(
                .init(
                    "/api/generate", method: .post, authority: "localhost",
                    body: ByteBuffer(string: #"{"model": "m", "prompt": "p"}"#)))
            #expect(try await eventually { server.service.record.withLock { $0.ended == 1 } })
            #expect(server.service.served.withLock { $0 } < 4000)
            try await channel.setOption(.autoRead, value: true).get()
            try? await channel.closeFuture.get()
        }
    }

    @Test(
        "a client that leaves a connection of many requests ends the one that runs",
        arguments: [#"{"model": "m", "prompt": "p"}"#, #"{"model": "m", "prompt": "p", "stream": false}"#])
    func afterOtherRequests(body: String) async throws {
        let server = try TestServer([.hang], failures: ["broken": .overloaded])
        try await server.application().test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                for _ in 0..<3 {
                    try await connection.post("/api/generate", #"{"model": "broken", "prompt": "p"}"#)
                    #expect(try await connection.response()?.status == 503)
                }
                try await connection.post("/api/generate", body)
                #expect(try await eventually { server.service.record.withLock { $0.requests.count == 4 } })
            }
            #expect(try await eventually { server.service.record.withLock { $0.ended == 1 } })
            #expect(server.service.record.withLock { $0.cancelled } == 1)
        }
    }

    @Test("a client that ends its side alone has left too, as Ollama takes it")
    func halfClosed() async throws {
        let server = try TestServer([.hang])
        try await server.application().test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                try await connection.post("/api/generate", #"{"model": "m", "prompt": "p"}"#)
                #expect(try await eventually { server.service.record.withLock { $0.requests.count == 1 } })
                connection.finish()
                #expect(try await eventually { server.service.record.withLock { $0.cancelled == 1 } })
            }
        }
    }

    @Test("a request that waits behind another is not taken for the client's departure, and is answered")
    func nextRequestWaits() async throws {
        let server = try TestServer([.text("a"), .finished])
        try await server.application().test(.live) { client in
            try await RawConnection.with(port: client.port) { connection in
                for _ in 0..<20 {
                    try await connection.post("/api/generate", #"{"model": "m", "prompt": "p"}"#)
                }
                for _ in 0..<20 {
                    #expect(try await connection.response()?.status == 200)
                }
            }
        }
        #expect(server.service.record.withLock { $0.cancelled } == 0)
    }
}

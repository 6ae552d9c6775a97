import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Locking
import NIOCore
import Server
import TestSupport
import Testing

@Suite("Connections", .timeLimit(.minutes(10)))
struct ConnectionTests {
    /// A model that answers and one that always fails.
    private func makeServer(_ steps: [ScriptedService.Step] = [.text("a"), .finished]) throws -> TestServer {
        try TestServer(steps, failures: ["broken": .engineFailed("it broke")])
    }

    private func withConnection<Result: Sendable>(
        to server: TestServer, _ change: @escaping @Sendable (inout ServerSettings) -> Void = { _ in },
        _ body: @Sendable (RawConnection) async throws -> Result
    ) async throws -> Result {
        try await server.application(change).test(.live) { client in
            try await RawConnection.with(port: client.port, body)
        }
    }

    private static let requests: [(path: String, body: @Sendable (String, Bool) -> String)] = [
        ("/api/generate", { model, stream in #"{"model": "\#(model)", "prompt": "p", "stream": \#(stream)}"# }),
        (
            "/api/chat",
            { model, stream in
                #"{"model": "\#(model)", "messages": [{"role": "user", "content": "p"}], "stream": \#(stream)}"#
            }
        ),
        (
            "/v1/chat/completions",
            { model, stream in
                #"{"model": "\#(model)", "messages": [{"role": "user", "content": "p"}], "stream": \#(stream)}"#
            }
        ),
    ]

    @Test("requests that fail and requests that do not share a connection, and none is lost")
    func failuresAndAnswers() async throws {
        try await withConnection(to: makeServer()) { connection in
            for round in 0..<50 {
                let request = Self.requests[round % Self.requests.count]
                for stream in [true, false] {
                    try await connection.post(request.path, request.body("broken", stream))
                    let failed = try #require(await connection.response())
                    #expect(failed.status == 500)
                    #expect(failed.headers["connection"] == nil)
                    #expect(failed.body.contains("it broke"))
                    try await connection.post(request.path, request.body("m", stream))
                    let answered = try #require(await connection.response())
                    #expect(answered.status == 200)
                    #expect(answered.headers["connection"] == nil)
                    #expect(answered.body.contains("\"a\""))
                }
            }
        }
    }

    @Test("a stream that fails in its middle ends with the error and leaves the connection of use")
    func failureInTheMiddle() async throws {
        let server = try makeServer([.text("a"), .fail(.engineFailed("it broke"))])
        try await withConnection(to: server) { connection in
            for _ in 0..<3 {
                try await connection.post("/api/generate", #"{"model": "m", "prompt": "p"}"#)
                let response = try #require(await connection.response())
                #expect(response.status == 200)
                #expect(response.body.hasSuffix("it broke\"}\n"))
            }
        }
    }

    @Test("requests sent at once are answered in their order")
    func pipelined() async throws {
        try await withConnection(to: makeServer()) { connection in
            try await connection.post("/api/generate", #"{"model": "m", "prompt": "p"}"#)
            try await connection.send("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await connection.post("/api/generate", #"{"model": "broken", "prompt": "p", "stream": false}"#)
            try await connection.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, CLOSE\r\n\r\n")
            #expect(try await connection.response()?.body.contains("\"response\":\"a\"") == true)
            #expect(try await connection.response()?.body == #"{"version":"0.33.0"}"#)
            #expect(try await connection.response()?.status == 500)
            #expect(try await connection.response(hasBody: false)?.status == 200)
            let last = try await connection.response()
            #expect(last?.body == "Ollama is running")
            #expect(last?.headers["connection"] == "close")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a client of HTTP/1.0 gets no chunks, and the connection's end as that of the body")
    func oldVersion() async throws {
        let body = #"{"model": "m", "prompt": "p"}"#
        try await withConnection(to: makeServer()) { connection in
            try await connection.send(
                "POST /api/generate HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let response = try #require(await connection.response())
            #expect(response.version == "HTTP/1.0")
            #expect(response.status == 200)
            #expect(response.headers["transfer-encoding"] == nil)
            #expect(response.headers["connection"] == "close")
            #expect(response.body.split(separator: "\n").allSatisfy { (try? JSONParser.parse(String($0))) != nil })
            #expect(response.body.hasSuffix("}\n"))
        }
    }

    @Test("a client that asks to go on is told to, when its turn has come")
    func continuing() async throws {
        try await withConnection(to: makeServer([.text("a"), .finished])) { connection in
            let body = #"{"model": "m", "prompt": "p", "stream": false}"#
            try await connection.post("/api/generate", body)
            try await connection.send(
                "POST /api/generate HTTP/1.1\r\nHost: localhost\r\nExpect: 100-Continue\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n")
            #expect(try await connection.response()?.status == 200)
            #expect(try await connection.response()?.status == 100)
            try await connection.send(body)
            #expect(try await connection.response()?.status == 200)
            try await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n")
            let refused = try await connection.response()
            #expect(refused?.status == 417)
            #expect(refused?.body.contains("miracles") == true)
        }
    }

    @Test(
        "a body that is compressed is refused by the name of its encoding", arguments: ["gzip", "deflate", "gzip, br"])
    func compressed(encoding: String) async throws {
        try await withConnection(to: makeServer()) { connection in
            for path in ["/api/show", "/api/blobs/sha256:\(String(repeating: "0", count: 64))", "/v1/chat/completions"]
            {
                try await connection.post(path, "\u{1f}xyz", headers: "Content-Encoding: \(encoding)\r\n")
                let response = try #require(await connection.response())
                #expect(response.status == 415)
                #expect(response.body.contains("\\\"\(encoding)\\\""))
            }
            try await connection.post("/api/show", #"{"model": ""}"#, headers: "Content-Encoding: identity\r\n")
            #expect(try await connection.response()?.status == 400)
        }
    }

    @Test(
        "what is no request is refused in words",
        arguments: [
            ("NONSENSE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "method"),
            ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 400, "method"),
            ("GET / HTTP/3.1\r\nHost: localhost\r\n\r\n", 505, "version of HTTP"),
            ("GET / HTTP/1.1\r\n\r\n", 400, "missing required Host header"),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "too many Host headers"),
            (
                "OPTIONS /nowhere HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\n\r\n", 400,
                "too many Host headers"
            ),
            ("GET / HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "too many Host headers"),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n", 400, "header or trailer"),
            ("POST /api/show HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400, "Content-Length"),
            (
                "POST /api/show HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                400, "Content-Length"
            ),
            (
                "POST /api/show HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400,
                "chunk"
            ),
            (
                "POST /api/show HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                400, "chunk"
            ),
            (
                "POST /api/show HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
                    + "bad trailer: x\r\n\r\n", 400, "trailer"
            ),
            (
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n",
                400,
                "chunk"
            ),
            (
                "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501,
                "Transfer-Encoding"
            ),
            (
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n", 431,
                "too large"
            ),
            ("GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 431, "too large"),
        ])
    func refused(request: String, status: Int, word: String) async throws {
        try await withConnection(to: makeServer()) { connection in
            try await connection.send("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await connection.send(request)
            #expect(try await connection.response()?.status == 200)
            let response = try #require(await connection.response())
            #expect(response.status == status)
            #expect(response.headers["connection"] == "close")
            #expect(response.body.contains(word), "\(response.body)")
            #expect((try? JSONParser.parse(response.body))?["error"] != nil)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a refusal of HEAD has no body")
    func refusedHead() async throws {
        try await withConnection(to: makeServer()) { connection in
            try await connection.send("HEAD / HTTP/1.1\r\n\r\n")
            #expect(try await connection.response(hasBody: false)?.status == 400)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a body that breaks off does not spoil an answer that needs none, which is the last")
    func brokenBodyOfGet() async throws {
        try await withConnection(to: makeServer()) { connection in
            try await connection.send(
                "GET /api/version HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nx")
            #expect(try await connection.response()?.body == #"{"version":"0.33.0"}"#)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a client that asks for another protocol is answered in this one, as the last")
    func upgrade() async throws {
        try await withConnection(to: makeServer()) { connection in
            try await connection.post(
                "/api/generate", #"{"model": "m", "prompt": "p"}"#,
                headers: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n")
            let response = try await connection.response()
            #expect(response?.status == 200)
            #expect(response?.headers["connection"] == "close")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a client that ends its side after a plain request gets the whole of a large answer")
    func halfClosed() async throws {
        let server = try TestServer()
        try await server.addModel("large")
        try await withConnection(to: server) { connection in
            try await connection.post("/api/show", #"{"model": "large", "verbose": true}"#)
            connection.finish()
            let response = try #require(await connection.response())
            #expect(response.status == 200)
            #expect((try? JSONParser.parse(response.body)) != nil)
            #expect(try await connection.rest().isEmpty)
        }
    }

    // MARK: Slow clients

    @Sendable private static func isImpatient(_ settings: inout ServerSettings) {
        settings.connections.header = .milliseconds(100)
        settings.connections.bodyPeriod = .milliseconds(100)
        settings.connections.bodyRate = 100
    }

    @Test("a header that does not come to its end is refused")
    func slowHeader() async throws {
        try await withConnection(to: makeServer(), Self.isImpatient) { connection in
            try await connection.send("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await connection.response()?.status == 200)
            try await connection.send("GET /api/version HTTP/1.1\r\nHo")
            let response = try #require(await connection.response())
            #expect(response.status == 408)
            #expect(response.headers["connection"] == "close")
            #expect(response.body.contains("header"))
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test(
        "a body that comes too slowly is refused",
        arguments: [
            "/api/generate", "/v1/chat/completions", "/nowhere",
            "/api/blobs/sha256:\(String(repeating: "0", count: 64))",
        ])
    func slowBody(path: String) async throws {
        let server = try makeServer()
        try await withConnection(to: server, Self.isImpatient) { connection in
            try await connection.send("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{")
            let response = try #require(await connection.response())
            #expect(response.status == (path == "/nowhere" ? 404 : 408))
            if path != "/nowhere" { #expect(response.body.contains("slowly")) }
            #expect(try await connection.rest().isEmpty)
        }
        #expect(server.service.record.withLock { $0.requests.isEmpty })
    }
}

@Suite("The pace of requests")
struct RequestPaceTests {
    private let limits = ConnectionLimits()

    private func time(_ seconds: Int) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(Int64(seconds)) }

    @Test("nothing is asked of a client between its requests")
    func idle() {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        #expect(pace.deadline == nil)
        #expect(pace.refusal(at: time(100_000)) == nil)
    }

    @Test("a header has its time from its first byte on")
    func header() {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        pace.partArrives(at: time(50))
        for second in 51..<80 {
            pace.partArrives(at: time(second))
            #expect(pace.refusal(at: time(second)) == nil)
        }
        #expect(pace.deadline == time(80))
        #expect(pace.refusal(at: time(80))?.status == .requestTimeout)
        #expect(pace.deadline == nil)
    }

    @Test("a body that is no upload has its time, at whatever rate", arguments: [1, 3])
    func wholeBody(rates: Int) {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        pace.headerEnds(isUpload: false, at: time(0))
        for second in 1..<600 {
            pace.bodyArrives(rates * limits.bodyRate)
            #expect(pace.refusal(at: time(second)) == nil)
        }
        #expect(pace.refusal(at: time(600))?.message.contains("did not arrive within 600.0 s") == true)
        #expect(pace.deadline == nil)
    }

    @Test("an upload at its least rate goes on for days")
    func steadyBody() {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        pace.headerEnds(isUpload: true, at: time(0))
        for second in 1...200_000 {
            pace.bodyArrives(limits.bodyRate)
            #expect(pace.refusal(at: time(second)) == nil)
        }
    }

    @Test("a fast beginning pays for no slow rest")
    func slowRest() {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        pace.headerEnds(isUpload: true, at: time(0))
        pace.bodyArrives(1 << 30)
        #expect(pace.refusal(at: time(30)) == nil)
        for second in 31..<60 {
            pace.bodyArrives(1)
            #expect(pace.refusal(at: time(second)) == nil)
        }
        #expect(pace.refusal(at: time(60))?.status == .requestTimeout)
    }

    @Test("time in which the server does not read is its own")
    func slowServer() {
        var pace = RequestPace(limits)
        pace.reads(true, at: time(0))
        pace.headerEnds(isUpload: true, at: time(0))
        for hour in 1...100 {
            pace.reads(false, at: time(hour * 3600))
            #expect(pace.deadline == nil)
            #expect(pace.refusal(at: time(hour * 3600)) == nil)
            pace.reads(true, at: time(hour * 3600 + 3599))
            pace.bodyArrives(limits.bodyShare)
            #expect(pace.refusal(at: time(hour * 3600 + 3600)) == nil)
        }
    }

    @Test("however reads, parts and pauses follow each other, only clients below the rate are refused")
    func random() {
        for seed in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var pace = RequestPace(limits)
            var now = 0
            pace.headerEnds(isUpload: true, at: time(0))
            // Bytes, and seconds that the server waited.
            var bytes = 0
            var waited = 0
            var isReading = false
            for _ in 0..<2000 {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    isReading.toggle()
                    pace.reads(isReading, at: time(now))
                case 1:
                    let count = Int.random(in: 0..<20_000, using: &generator)
                    pace.bodyArrives(count)
                    bytes += count
                default:
                    let seconds = Int.random(in: 0..<5, using: &generator)
                    now += seconds
                    if isReading { waited += seconds }
                }
                if let refusal = pace.refusal(at: time(now)) {
                    #expect(refusal.status == .requestTimeout)
                    // Of the whole body no more can be said than that a period went by.
                    #expect(waited >= 30)
                    break
                }
                #expect(bytes >= (waited / 35) * limits.bodyShare)
            }
        }
    }
}

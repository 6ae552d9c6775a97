import Chat
import Generation
import JSON
import Locking
import ModelLibrary
import Options
import Testing

@Suite("POST /api/generate")
struct GenerateTests {
    @Test("streams a line for each piece and a last one with the counts")
    func stream() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel<"), .text("lo"), .finished])
        let reply = try await server.post("/api/generate", #"{"model": "m", "prompt": "hi"}"#)
        #expect(reply.status == 200)
        #expect(reply.contentType == "application/x-ndjson")
        #expect(reply.text.hasSuffix("}\n"))
        #expect(reply.text.contains(#""response":"Hel\u003c""#))
        let lines = reply.lines
        #expect(lines.count == 4)
        #expect(lines[0]["thinking"]?.stringValue == "hm")
        #expect(lines[0]["response"]?.stringValue == "")
        #expect(lines.map { $0["done"]?.boolValue } == [false, false, false, true])
        #expect(
            lines[3].objectValue?.keys.map { $0 } == [
                "model", "created_at", "response", "done", "done_reason", "context", "total_duration", "load_duration",
                "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration",
            ])
        #expect(lines[3]["context"] == [1, 2, 3])
        #expect(lines[3]["prompt_eval_count"]?.intValue == 7)
        #expect(lines[3]["eval_duration"]?.intValue == 33)
        #expect(lines[3]["done_reason"]?.stringValue == "stop")
    }

    @Test("without a stream the answer is one object")
    func whole() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel"), .text("lo"), .finished])
        let reply = try await server.post("/api/generate", #"{"model": "m", "prompt": "hi", "stream": false}"#)
        #expect(reply.contentType == "application/json; charset=utf-8")
        #expect(reply.json?["response"]?.stringValue == "Hello")
        #expect(reply.json?["thinking"]?.stringValue == "hm")
        #expect(reply.json?["done"]?.boolValue == true)
        #expect(!reply.text.hasSuffix("\n"))
    }

    @Test(
        "the form of an answer is passed on", arguments: ["/api/generate", "/api/chat"],
        [
            (#""format": "json""#, AnswerForm.json), (#""format": {"type": "null"}"#, .schema(["type": "null"])),
            (#""grammar": "root ::= [a]""#, .grammar("root ::= [a]")), (#""regex": "a|b""#, .regex("a|b")),
        ])
    func forms(path: String, form: (String, AnswerForm)) async throws {
        let server = try TestServer([.finished])
        let input = path == "/api/chat" ? #""messages": [{"role": "user", "content": "x"}]"# : #""prompt": "x""#
        let reply = try await server.post(path, "{\"model\": \"m\", \(input), \(form.0)}")
        #expect(reply.status == 200)
        #expect(server.service.lastRequest?.form == form.1)
    }

    @Test("passes on what was asked")
    func request() async throws {
        let server = try TestServer([.finished])
        _ = try await server.post(
            "/api/generate",
            #"""
            {"model": " m:1b ", "prompt": "p", "system": "s", "template": "t", "context": [4], "keep_alive": "90s",
            "think": "high", "truncate": false, "shift": false, "logprobs": true, "top_logprobs": 3,
            "options": {"temperature": 0, "seed": 42.9, "stop": ["a"], "num_ctx": 64, "unknown": 1, "top_k": null}}
            """#)
        let request = try #require(server.service.lastRequest)
        #expect(request.model.description == "m:1b")
        #expect(request.template == "t")
        #expect(request.context == [4])
        #expect(request.keepAlive == .duration(.seconds(90)))
        #expect(!request.truncates && !request.shifts)
        #expect(request.alternatives == 3)
        #expect(request.options.temperature == 0)
        #expect(request.options.seed == 42)
        #expect(request.options.stop == ["a"])
        #expect(request.options.numContext == 64)
        #expect(request.options.topK == nil)
        guard case .prompt("p", system: "s", images: [], think: .level("high")) = request.input else {
            Issue.record("unexpected input \(request.input)")
            return
        }
    }

    @Test("raw prompts and infills go through as they are")
    func otherInputs() async throws {
        let server = try TestServer([.text("x"), .finished])
        let reply = try await server.post("/api/generate", #"{"model": "m", "prompt": "p", "raw": true}"#)
        guard case .raw("p")? = server.service.lastRequest?.input else {
            Issue.record("not raw")
            return
        }
        #expect(reply.lines.last?["context"] == nil)
        _ = try await server.post("/api/generate", #"{"model": "m", "prompt": "p", "suffix": "s"}"#)
        guard case .infill(prefix: "p", suffix: "s")? = server.service.lastRequest?.input else {
            Issue.record("no infill")
            return
        }
    }

    @Test(
        "spans to keep a model for",
        arguments: [
            ("-1", KeepAlive.forever), ("0", .duration(.zero)), ("1.5", .duration(.milliseconds(1500))),
            (#""-1s""#, .forever), (#""10m""#, .duration(.seconds(600))), (#""-1""#, .forever),
            (#""0""#, .duration(.zero)), (#""30""#, .duration(.seconds(30))),
            (#""90.5""#, .duration(.milliseconds(90_500))),
            (#""1h30m""#, .duration(.seconds(5400))), ("1e300", .forever), ("-0.0", .duration(.zero)),
            ("null", nil), (#""""#, nil),
        ])
    func keepAlive(text: String, expected: KeepAlive?) async throws {
        let server = try TestServer([.finished])
        _ = try await server.post("/api/generate", #"{"model": "m", "prompt": "p", "keep_alive": \#(text)}"#)
        #expect(server.service.lastRequest?.keepAlive == expected)
    }

    @Test(
        "what is no span is refused by name",
        arguments: ["true", "[]", "{}", #""soon""#, #""nan""#, #""inf""#, #""0x10""#, #""1e3""#, #"" ""#])
    func badKeepAlive(text: String) async throws {
        let reply = try await TestServer([.finished]).post(
            "/api/generate", #"{"model": "m", "prompt": "p", "keep_alive": \#(text)}"#)
        #expect(reply.status == 400)
        #expect(reply.error?.contains("keep_alive") == true)
    }

    @Test(
        "one text to stop at is a list of one; empty ones are not given",
        arguments: [
            (#""a""#, ["a"]), (#"["a", "b"]"#, ["a", "b"]), (#"["", "a", null]"#, ["a"]), (#"[""]"#, nil), ("[]", nil),
            ("{}", nil), (#""""#, nil), ("null", nil),
        ])
    func stop(text: String, expected: [String]?) async throws {
        let server = try TestServer([.finished])
        _ = try await server.post("/api/generate", #"{"model": "m", "prompt": "p", "options": {"stop": \#(text)}}"#)
        #expect(server.service.lastRequest?.options.stop == expected)
    }

    @Test("an empty prompt loads, and unloads where the model is kept for no time")
    func loadAndUnload() async throws {
        let server = try TestServer()
        try await server.addModel("m")
        let load = try await server.post("/api/generate", #"{"model": "m", "keep_alive": 60}"#)
        #expect(load.status == 200)
        #expect(load.json?["done_reason"]?.stringValue == "load")
        #expect(
            load.json?.objectValue?.keys.map { $0 } == ["model", "created_at", "response", "done", "done_reason"])
        #expect(server.service.record.withLock { $0.loads.map(\.1) } == [.duration(.seconds(60))])
        let unload = try await server.post("/api/generate", #"{"model": "M", "keep_alive": 0}"#)
        #expect(unload.json?["done_reason"]?.stringValue == "unload")
        #expect(unload.json?["model"]?.stringValue == "M")
        #expect(server.service.record.withLock { $0.unloads.map(\.description) } == ["m:latest"])
        let missing = try await server.post("/api/generate", #"{"model": "x", "keep_alive": 0}"#)
        #expect(missing.status == 404)
        #expect(missing.error == "model 'x' not found")
    }

    @Test("log-probabilities come with the text of their tokens")
    func logprobs() async throws {
        let token = TokenLogProbability(
            bytes: [104, 105], logProbability: -0.5,
            alternatives: [.init(bytes: [104], logProbability: -1)])
        let server = try TestServer([.event(.part(.content("hi"), [token])), .finished])
        let reply = try await server.post(
            "/api/generate", #"{"model": "m", "prompt": "p", "logprobs": true, "top_logprobs": 1}"#)
        #expect(
            reply.lines[0]["logprobs"] == [
                [
                    "token": "hi", "logprob": -0.5, "bytes": [104, 105],
                    "top_logprobs": [["token": "h", "logprob": -1, "bytes": [104]]],
                ]
            ])
    }
}

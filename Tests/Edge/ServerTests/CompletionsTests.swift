import Chat
import Generation
import JSON
import Locking
import Options
import Testing

@Suite("POST /v1/completions")
struct CompletionsTests {
    private static let path = "/v1/completions"
    private static let body = #""model": "m", "prompt": "hi there""#

    private func chunks(_ reply: Reply) throws -> [JSONValue] {
        try reply.events.dropLast().map { try JSONParser.parse($0) }
    }

    private static func probability(_ text: String, _ value: Float, _ others: [(String, Float)] = [])
        -> TokenLogProbability
    {
        TokenLogProbability(
            bytes: Array(text.utf8), logProbability: value,
            alternatives: others.map { .init(bytes: Array($0.0.utf8), logProbability: $0.1) })
    }

    private static func part(
        _ text: String, _ value: Float, _ others: [(String, Float)] = []
    ) -> ScriptedService.Step {
        .event(.part(.content(text), [probability(text, value, others)]))
    }

    @Test("without a stream the completion is whole; thoughts are left out, as Ollama does")
    func whole() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel"), .text("lo"), .finished])
        let reply = try await server.post(Self.path, "{\(Self.body)}")
        #expect(
            reply.json?.objectValue?.keys.map { $0 } == [
                "id", "object", "created", "model", "system_fingerprint", "choices", "usage",
            ])
        #expect(reply.json?["object"]?.stringValue == "text_completion")
        #expect(reply.json?["id"]?.stringValue?.hasPrefix("cmpl-") == true)
        #expect(reply.json?["choices"] == [["text": "Hello", "index": 0, "finish_reason": "stop"]])
        #expect(reply.json?["usage"] == ["prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10])
    }

    @Test("a stream has the reason in its last chunk, and a usage of nothing before the real one")
    func stream() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel"), .text("lo"), .finished])
        let body = #"{\#(Self.body), "stream": true"#
        let plain = try await server.post(Self.path, body + "}")
        #expect(plain.contentType == "text/event-stream" && plain.text.hasSuffix("data: [DONE]\n\n"))
        #expect(
            try chunks(plain).map { $0["choices"] } == [
                [["text": "Hel", "index": 0, "finish_reason": nil]],
                [["text": "lo", "index": 0, "finish_reason": nil]],
                [["text": "", "index": 0, "finish_reason": "stop"]],
            ])
        #expect(try chunks(plain).allSatisfy { $0["usage"] == nil })
        let counted = try chunks(
            try await server.post(Self.path, body + #", "stream_options": {"include_usage": true}}"#))
        #expect(counted.last?["choices"] == [])
        #expect(counted.last?["usage"] == ["prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10])
        #expect(counted.dropLast().allSatisfy { $0["usage"]?["total_tokens"] == 0 })
    }

    private func request(_ fields: String, status: Int = 200) async throws -> GenerationRequest? {
        let server = try TestServer([.finished])
        let reply = try await server.post(Self.path, #"{"model": "m", \#(fields)}"#)
        #expect(reply.status == status, "\(reply.text)")
        return server.service.lastRequest
    }

    @Test("a text is asked as Ollama asks it; tokens and what is told of go to the model as they are")
    func inputs() async throws {
        let text = try #require(await request(#""prompt": "a""#))
        #expect(text.input == .prompt("a", system: nil))
        #expect(text.options == GenerationOptions() && text.promptReport == nil && text.alternatives == nil)
        #expect(text.defaults.temperature == 1 && text.defaults.topP == 1 && text.defaults.numPredict == nil)
        let raw = try #require(await request(#""prompt": "a", "raw": true"#))
        #expect(raw.input == .raw("a") && raw.promptReport == nil && raw.defaults.numPredict == 16)
        let echo = try #require(await request(#""prompt": "a", "echo": true"#))
        #expect(echo.input == .raw("a") && echo.promptReport == PromptReport() && echo.defaults.numPredict == 16)
        let tokens = try #require(await request(#""prompt": [1, 2]"#))
        #expect(tokens.input == .tokens([1, 2]) && tokens.promptReport == nil && tokens.defaults.numPredict == 16)
        let infill = try #require(await request(#""prompt": "a", "suffix": "b""#))
        #expect(infill.input == .infill(prefix: "a", suffix: "b"))
        let scored = try #require(await request(#""prompt": [[5]], "echo": true, "logprobs": 0, "max_tokens": 0"#))
        #expect(scored.input == .tokens([5]) && scored.alternatives == 0)
        #expect(scored.promptReport == PromptReport(alternatives: 0, isAlone: true))
    }

    @Test("options are passed on")
    func options() async throws {
        let found = try #require(
            await request(
                #"""
                "prompt": "p", "temperature": 0, "top_p": 0.5, "seed": 3, "max_tokens": 5, "stop": "x", "user": "u",
                "presence_penalty": 0.25, "frequency_penalty": 0.5, "logprobs": 2, "logit_bias": {"7": -100},
                "regex": "a*"
                """#))
        let options = found.options
        #expect(options.temperature == 0 && options.topP == 0.5 && options.seed == 3 && options.numPredict == 5)
        #expect(options.stop == ["x"] && options.presencePenalty == 0.25 && options.frequencyPenalty == 0.5)
        #expect(options.logitBias?.tokens == [7: -100] && found.alternatives == 2 && found.form == .regex("a*"))
        #expect(found.promptReport == nil)
        #expect(try await request(#""prompt": "p", "top_p": 0"#)?.options.topP == nil)
    }

    @Test("each prompt has its answers, each answer its number and seed")
    func several() async throws {
        let server = try TestServer([.text("Hi"), .finished])
        let body =
            #"{"model": "m", "prompt": ["a", [1, 2]], "n": 2, "seed": 7, "stream_options": {"include_usage": true}, "#
        let whole = try await server.post(Self.path, body + #""stream": false}"#)
        #expect(whole.json?["choices"]?.arrayValue?.map { $0["index"]?.intValue } == [0, 1, 2, 3])
        #expect(whole.json?["usage"] == ["prompt_tokens": 14, "completion_tokens": 12, "total_tokens": 26])
        let requests = server.service.record.withLock { $0.requests }
        #expect(requests.count { $0.input == .tokens([1, 2]) } == 2)
        #expect(requests.compactMap(\.options.seed).sorted() == [7, 7, 8, 8])
        let chunks = try chunks(try await server.post(Self.path, body + #""stream": true}"#))
        for index in 0..<4 {
            let own = chunks.filter { $0["choices"]?[0]?["index"]?.intValue == index }
            #expect(own.compactMap { $0["choices"]?[0]?["text"]?.stringValue }.joined() == "Hi")
            #expect(own.last?["choices"]?[0]?["finish_reason"]?.stringValue == "stop")
        }
        #expect(chunks.last?["usage"]?["total_tokens"] == 26)
    }

    // MARK: Log-probabilities

    @Test("log-probabilities are lists beside one another, with the places of tokens in code points")
    func logprobs() async throws {
        let server = try TestServer([
            Self.part("é", -0.5, [("é", -0.5), ("e", -1.5)]), Self.part("ab", -2, [("x", -0.25), ("y", -0.5)]),
            .event(.part(.content(""), [.init(bytes: [0xE2, 0x82], logProbability: -.infinity, alternatives: [])])),
            .finished,
        ])
        let wanted: JSONValue = [
            "tokens": ["é", "ab", #"bytes:\xe2\x82"#], "token_logprobs": [-0.5, -2, -9999],
            "top_logprobs": [
                ["é": -0.5, "e": -1.5], ["x": -0.25, "y": -0.5, "ab": -2], [#"bytes:\xe2\x82"#: -9999],
            ],
            "text_offset": [0, 1, 3],
        ]
        let reply = try await server.post(Self.path, #"{\#(Self.body), "logprobs": 2}"#)
        #expect(reply.json?["choices"]?[0]?["logprobs"] == wanted, "\(reply.text)")
        #expect(
            reply.json?["choices"]?[0]?.objectValue?.keys.map { $0 } == ["text", "index", "logprobs", "finish_reason"])
        #expect(server.service.lastRequest?.alternatives == 2)
        let chunks = try chunks(try await server.post(Self.path, #"{\#(Self.body), "logprobs": 2, "stream": true}"#))
        for (key, values) in try #require(wanted.objectValue) {
            let streamed = chunks.flatMap { $0["choices"]?[0]?["logprobs"]?[key]?.arrayValue ?? [] }
            #expect(.array(streamed) == values, "\(key)")
        }
        #expect(chunks.last?["choices"]?[0]?["logprobs"] == nil)
    }

    private static let prompt: GenerationEvent = .prompt([
        PromptToken(bytes: Array("<s>".utf8)),
        PromptToken(bytes: Array(" hi".utf8), probability: probability(" hi", -1)),
        PromptToken(bytes: Array(" there".utf8), probability: probability(" there", -2, [(" you", -0.5)])),
    ])

    @Test("an echo begins with the prompt, whose first token has no log-probability")
    func echo() async throws {
        let server = try TestServer([.event(Self.prompt), Self.part("!", -3), .finished])
        let body = #"{\#(Self.body), "echo": true, "logprobs": 1"#
        let wanted: JSONValue = [
            "tokens": ["<s>", " hi", " there", "!"], "token_logprobs": [nil, -1, -2, -3],
            "top_logprobs": [nil, [" hi": -1], [" you": -0.5, " there": -2], ["!": -3]], "text_offset": [0, 0, 2, 8],
        ]
        let whole = try await server.post(Self.path, body + "}")
        #expect(
            whole.json?["choices"] == [["text": "hi there!", "index": 0, "logprobs": wanted, "finish_reason": "stop"]],
            "\(whole.text)")
        #expect(server.service.lastRequest?.promptReport == PromptReport(alternatives: 1))
        let chunks = try chunks(try await server.post(Self.path, body + #", "stream": true}"#))
        #expect(chunks.compactMap { $0["choices"]?[0]?["text"]?.stringValue } == ["hi there", "!", ""])
        for (key, values) in try #require(wanted.objectValue) {
            #expect(.array(chunks.flatMap { $0["choices"]?[0]?["logprobs"]?[key]?.arrayValue ?? [] }) == values)
        }
        // Tokens are told as they are.
        let tokens = try await server.post(Self.path, #"{"model": "m", "prompt": [1, 2, 3], "echo": true}"#)
        #expect(tokens.json?["choices"] == [["text": "<s> hi there!", "index": 0, "finish_reason": "stop"]])
    }

    @Test("the answers with the highest mean log-probability are told")
    func bestOf() async throws {
        let answers: [[(String, Float)]] = [
            [("a", -3), ("a", -1)], [], [("c", -4), ("c", -1), ("c", -0.5)], [("d", -2)],
        ]
        let server = try TestServer(
            ScriptedService { request in
                let answer = answers[request.options.seed ?? 0]
                return [.event(Self.prompt)] + answer.map { Self.part($0.0, $0.1) } + [.finished]
            })
        let body = #"{\#(Self.body), "best_of": 4, "n": 3, "seed": 0, "echo": true}"#
        let reply = try await server.post(Self.path, body)
        // Of equal ones the earlier comes first, and no tokens are no good answer.
        #expect(
            reply.json?["choices"]?.arrayValue?.map { $0["text"]?.stringValue } == [
                "hi thereccc", "hi thereaa", "hi thered",
            ], "\(reply.text)")
        #expect(reply.json?["choices"]?.arrayValue?.map { $0["index"]?.intValue } == [0, 1, 2])
        #expect(reply.json?["choices"]?[0]?["logprobs"] == nil, "they were not asked for")
        #expect(reply.json?["usage"] == ["prompt_tokens": 7, "completion_tokens": 12, "total_tokens": 19])
        let requests = server.service.record.withLock { $0.requests }
        #expect(requests.count == 4 && requests.allSatisfy { $0.alternatives == 0 })
        #expect(requests.allSatisfy { $0.promptReport == PromptReport() }, "nobody asked for those of the prompt")
    }

    // MARK: Refusals

    @Test(
        "what cannot be is refused by its name",
        arguments: [
            (#""prompt": []"#, "prompt"), (#""prompt": [[]]"#, "prompt"), (#""prompt": null"#, "prompt"),
            (#""prompt": {}"#, "prompt"), (#""prompt": 5"#, "prompt"), (#""prompt": ["a", [1.5]]"#, "prompt"),
            (#""prompt": [1, "a"]"#, "prompt"), (#""prompt": [[1], []]"#, "prompt"), (#""prompt": [true]"#, "prompt"),
            (#""prompt": [99999999999]"#, "prompt holds 99999999999, which is no token"),
            (#""prompt": "a", "n": 0"#, "n must be"),
            (#""prompt": "a", "n": 1000000000000"#, "n must be from 1 to 128"),
            (#""prompt": "a", "best_of": 129"#, "best_of must be from 1 to 128"),
            (#""prompt": "a", "best_of": 2, "n": 3"#, "best_of must be at least n"),
            (#""prompt": "a", "best_of": 2, "stream": true"#, "best_of above n cannot be streamed"),
            (#""prompt": ["a", "b"], "n": 65"#, "prompt holds 2 texts and n is 65"),
            (#""prompt": ["a", "b", "c"], "n": 2, "best_of": 43"#, "best_of is 43"),
            (#""prompt": "a", "logprobs": 6"#, "logprobs must be from 0 to 5"),
            (#""prompt": "a", "logprobs": -1"#, "logprobs must be from 0 to 5"),
            (#""prompt": "a", "logprobs": true"#, "logprobs of type int"),
            (#""prompt": "a", "max_tokens": 0"#, "max_tokens must be at least 1"),
            (#""prompt": "a", "suffix": "b", "echo": true"#, "suffix does not go with echo"),
            (#""prompt": [1], "suffix": "b""#, "suffix does not go with a prompt of tokens"),
            (#""prompt": "a", "suffix": "b", "raw": true"#, "suffix does not go with raw"),
            (#""prompt": "a", "echo": true, "raw": false"#, "raw is false, but echo"),
            (#""prompt": [1], "raw": false"#, "raw is false, but a prompt of tokens"),
            (#""prompt": "a", "stop": ["a", 1]"#, "\"stop\""),
            (#""prompt": "a", "logit_bias": {"x": 101}"#, "logit_bias"),
            (#""prompt": "a", "grammar": "root ::= \"a\"", "regex": "a""#, "an answer has one form"),
        ])
    func refusals(fields: String, words: String) async throws {
        let reply = try await TestServer([.finished]).post(Self.path, #"{"model": "m", \#(fields)}"#)
        #expect(reply.status == 400)
        #expect(reply.json?["error"]?["message"]?.stringValue?.contains(words) == true, "\(reply.text)")
        #expect(reply.json?["error"]?["type"]?.stringValue == "invalid_request_error")
    }

    @Test("a request without body or model, and a model that is not there")
    func failures() async throws {
        let server = try TestServer(failures: ["gone": .modelNotFound("gone")])
        #expect(try await server.post(Self.path, "").json?["error"]?["message"]?.stringValue == "EOF")
        let nameless = try await server.post(Self.path, #"{"prompt": "a"}"#)
        #expect(nameless.status == 400 && nameless.text.contains("model is required"))
        for streams in [true, false] {
            let gone = try await server.post(
                Self.path, #"{"model": "gone", "prompt": ["a", "b"], "stream": \#(streams)}"#)
            #expect(gone.status == 404 && gone.text.contains("model 'gone' not found"))
        }
    }
}

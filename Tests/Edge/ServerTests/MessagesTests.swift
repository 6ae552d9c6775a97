import Chat
import Generation
import JSON
import Locking
import Options
import Testing

@Suite("POST /v1/messages")
struct MessagesTests {
    private static let body = #""model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "hi"}]"#

    /// The data of a stream, each with the name of its event before it.
    private func events(_ reply: Reply) throws -> [JSONValue] {
        try reply.text.split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n")
            let name = try #require(lines.first)
            let data = try JSONParser.parse(String(try #require(lines.last).dropFirst(6)))
            #expect(lines.count == 2 && "event: \(data["type"]?.stringValue ?? "")" == name)
            return data
        }
    }

    private func stream(_ steps: [ScriptedService.Step], _ fields: String = "") async throws -> [JSONValue] {
        let reply = try await TestServer(steps).post("/v1/messages", #"{\#(Self.body), "stream": true\#(fields)}"#)
        #expect(reply.status == 200 && reply.contentType == "text/event-stream", "\(reply.text)")
        return try events(reply)
    }

    private func whole(_ steps: [ScriptedService.Step], _ fields: String = "") async throws -> JSONValue {
        let reply = try await TestServer(steps).post("/v1/messages", "{\(Self.body)\(fields)}")
        #expect(reply.status == 200, "\(reply.text)")
        return try #require(reply.json)
    }

    private func request(_ fields: String) async throws -> GenerationRequest {
        let server = try TestServer([.finished])
        let reply = try await server.post("/v1/messages", "{\(Self.body), \(fields)}")
        #expect(reply.status == 200, "\(fields): \(reply.text)")
        return try #require(server.service.lastRequest)
    }

    private func conversation(_ request: GenerationRequest) throws -> Conversation {
        guard case .conversation(let conversation) = request.input else {
            throw APIMismatch()
        }
        return conversation
    }

    private struct APIMismatch: Error {}

    private static func ended(
        _ reason: GenerationSummary.Reason, by stop: String? = nil, cached: Int = 0
    ) -> ScriptedService.Step {
        var summary = ScriptedService.summary
        summary.reason = reason
        summary.stopSequence = stop
        summary.cachedPromptTokens = cached
        return .event(.finished(summary))
    }

    private static func part(_ part: OutputPart) -> ScriptedService.Step { .event(.part(part, [])) }

    // MARK: Answers

    @Test("a thought, a text and a call are blocks in this order, with why the answer ended")
    func whole() async throws {
        let reply = try await whole([
            .thinking("hm"), .text("Hel"), .text("lo"), .call("f"), Self.ended(.stop, cached: 5),
        ])
        let id = try #require(reply["id"]?.stringValue)
        #expect(id.hasPrefix("msg_") && id.count == 28)
        let expected: JSONValue = [
            "id": .string(id), "type": "message", "role": "assistant", "model": "m",
            "content": [
                ["type": "thinking", "thinking": "hm", "signature": .string(id)],
                ["type": "text", "text": "Hello"],
                ["type": "tool_use", "id": "call_1", "name": "f", "input": ["city": "Graz", "days": 2]],
            ],
            "stop_reason": "tool_use", "stop_sequence": nil,
            "usage": [
                "input_tokens": 2, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 5,
                "output_tokens": 3,
            ],
        ]
        #expect(reply == expected)
    }

    @Test("an answer without words has no blocks")
    func empty() async throws {
        #expect(try await whole([.finished])["content"] == [])
        let types = try await stream([.finished]).map { $0["type"]?.stringValue }
        #expect(types == ["message_start", "ping", "message_delta", "message_stop"])
    }

    @Test("the events of a stream: tokens of the prompt first, each block begun, told and ended, the reason last")
    func stream() async throws {
        let events = try await stream([
            .thinking("h"), .thinking("m"), .text("Hel"), .text("lo"), .call("f"), .finished,
        ])
        let id = try #require(events[0]["message"]?["id"])
        let usage: JSONValue = [
            "input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 3,
        ]
        let expected: [JSONValue] = [
            [
                "type": "message_start",
                "message": [
                    "id": id, "type": "message", "role": "assistant", "model": "m", "content": [],
                    "stop_reason": nil, "stop_sequence": nil,
                    "usage": [
                        "input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
                        "output_tokens": 0,
                    ],
                ],
            ],
            ["type": "ping"],
            [
                "type": "content_block_start", "index": 0,
                "content_block": ["type": "thinking", "thinking": "", "signature": ""],
            ],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "thinking_delta", "thinking": "h"]],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "thinking_delta", "thinking": "m"]],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "signature_delta", "signature": id]],
            ["type": "content_block_stop", "index": 0],
            ["type": "content_block_start", "index": 1, "content_block": ["type": "text", "text": ""]],
            ["type": "content_block_delta", "index": 1, "delta": ["type": "text_delta", "text": "Hel"]],
            ["type": "content_block_delta", "index": 1, "delta": ["type": "text_delta", "text": "lo"]],
            ["type": "content_block_stop", "index": 1],
            [
                "type": "content_block_start", "index": 2,
                "content_block": ["type": "tool_use", "id": "call_1", "name": "f", "input": [:]],
            ],
            [
                "type": "content_block_delta", "index": 2,
                "delta": ["type": "input_json_delta", "partial_json": #"{"city":"Graz","days":2}"#],
            ],
            ["type": "content_block_stop", "index": 2],
            [
                "type": "message_delta", "delta": ["stop_reason": "tool_use", "stop_sequence": nil],
                "usage": usage,
            ],
            ["type": "message_stop"],
        ]
        #expect(events == expected)
    }

    @Test("a call's input comes while it is written; what turns out to be none is not the reason of the end")
    func inputDeltas() async throws {
        let begin = [
            Self.part(.toolCallStart(id: nil, name: "f")), Self.part(.toolCallArguments(#"{"city""#)),
            Self.part(.toolCallArguments(#": "Graz"}"#)),
        ]
        let call = Self.part(.toolCall(ToolCall(name: "f", arguments: ["city": "Graz"])))
        var events = try await stream(begin + [call, .finished])
        #expect(events[2]["content_block"]?["id"]?.stringValue?.hasPrefix("toolu_") == true)
        #expect(events.compactMap { $0["delta"]?["partial_json"]?.stringValue } == [#"{"city""#, #": "Graz"}"#])
        #expect(events.compactMap { $0["delta"]?["stop_reason"]?.stringValue } == ["tool_use"])

        events = try await stream(begin + [Self.part(.toolCallAbandoned), .text("as written"), .finished])
        #expect(events.count { $0["type"] == "content_block_start" } == 2)
        #expect(events.count { $0["type"] == "content_block_stop" } == 2)
        #expect(events.compactMap { $0["delta"]?["stop_reason"]?.stringValue } == ["end_turn"])
    }

    @Test(
        "why an answer ends",
        arguments: [
            (ended(.stop), "end_turn", nil), (ended(.length), "max_tokens", nil),
            (ended(.stop, by: "END"), "stop_sequence", "END"), (ended(.stop, by: "<the model's own>"), "end_turn", nil),
        ] as [(ScriptedService.Step, String, String?)])
    func endings(step: ScriptedService.Step, reason: String, stop: String?) async throws {
        let fields = #", "stop_sequences": ["STOP", "END"]"#
        let reply = try await whole([.text("a"), step], fields)
        let expected: JSONValue = [
            "stop_reason": .string(reason), "stop_sequence": stop.map { .string($0) } ?? .null,
        ]
        #expect(reply["stop_reason"] == expected["stop_reason"] && reply["stop_sequence"] == expected["stop_sequence"])
        let events = try await stream([.text("a"), step], fields)
        #expect(events.dropLast().last?["delta"] == expected)
    }

    @Test("an answer to a prompt that was cut says so")
    func truncated() async throws {
        var summary = ScriptedService.summary
        summary.promptCut = PromptCut(messages: 2, tokens: 0)
        let steps: [ScriptedService.Step] = [.text("a"), .event(.finished(summary))]
        #expect(try await whole(steps)["truncated"] == true)
        #expect(try await stream(steps).compactMap { $0["truncated"] } == [true])
        #expect(try await whole([.finished])["truncated"] == nil)
    }

    @Test("one call is all where calls in parallel are not wanted")
    func parallelCalls() async throws {
        let tools = #", "tools": [{"name": "f", "input_schema": {"type": "object"}}]"#
        for (choice, count) in [("{}", 2), (#"{"type": "auto", "disable_parallel_tool_use": true}"#, 1)] {
            let fields = #"\#(tools), "tool_choice": \#(choice)"#
            let steps: [ScriptedService.Step] = [.call("f"), .call("g"), .finished]
            #expect(try await whole(steps, fields)["content"]?.arrayValue?.count == count)
            #expect(try await stream(steps, fields).count { $0["type"] == "content_block_start" } == count)
        }
    }

    // MARK: Requests

    @Test("what a request says is passed on; the rest is the model's to say")
    func options() async throws {
        var found = try await request(#""stream": false"#)
        var expected = GenerationOptions()
        expected.numPredict = 64
        #expect(found.options == expected && found.defaults == GenerationOptions() && found.form == nil)
        found = try await request(
            #""temperature": 0, "top_p": 0.5, "top_k": 3, "stop_sequences": ["x", ""], "metadata": {"user_id": "u"}, "#
                + #""output_config": {"format": {"type": "json_schema", "schema": {"type": "string"}}}"#)
        #expect(found.options.temperature == 0 && found.options.topP == 0.5 && found.options.topK == 3)
        #expect(found.options.stop == ["x"] && found.form == .schema(["type": "string"]))
        found = try await request(#""output_format": {"type": "json_schema", "schema": {"type": "integer"}}"#)
        #expect(found.form == .schema(["type": "integer"]))
    }

    @Test(
        "how much to think",
        arguments: [
            (#""thinking": {"type": "enabled", "budget_tokens": 2048}"#, .on, 2048),
            (#""thinking": {"type": "enabled", "budget_tokens": 9}, "output_config": {"effort": "low"}"#, .on, 9),
            (#""thinking": {"type": "disabled"}, "output_config": {"effort": "high"}"#, .off, nil),
            (#""thinking": {"type": "adaptive"}"#, nil, nil), (#""thinking": {}"#, nil, nil),
            (#""thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}"#, .level("max"), nil),
            (#""output_config": {"effort": "xhigh"}"#, .level("high"), nil),
        ] as [(String, ThinkSetting?, Int?)])
    func thinking(fields: String, think: ThinkSetting?, budget: Int?) async throws {
        let found = try await request(fields)
        #expect(try conversation(found).think == think)
        #expect(found.options.maxThinkingTokens == budget && found.thinksIfAble)
    }

    @Test("system texts, blocks of messages, calls and their results")
    func messages() async throws {
        let found = try await request(
            #"""
            "system": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "b"}],
            "messages": [
            {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "unheard", "text": "of"}, {"type": "text",
            "text": "y"}]},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "redacted_thinking", "data": "?"}, {"type": "text", "text": "t"},
            {"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}}, {"type": "tool_use", "id": "c2", "name": "g"}]},
            {"role": "user", "content": [{"type": "text", "text": "and?"},
            {"type": "tool_result", "tool_use_id": "c1", "content": "r", "is_error": false},
            {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "s"}]}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c2"}]},
            {"role": "assistant", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png",
            "data": "AQI="}}]}]
            """#)
        #expect(
            try conversation(found).messages == [
                Message(role: "system", content: "a\nb"), Message(role: "user", content: "x\ny"),
                Message(
                    role: "assistant", content: "t", thinking: "hm",
                    toolCalls: [
                        ToolCall(id: "c1", name: "f", arguments: ["x": 1]),
                        ToolCall(id: "c2", name: "g", arguments: [:]),
                    ]),
                Message(role: "tool", content: "r", toolName: "f", toolCallID: "c1"),
                Message(role: "tool", content: "s", toolName: "g", toolCallID: "c2"),
                Message(role: "user", content: "and?"),
                Message(role: "tool", content: "", toolName: "g", toolCallID: "c2"),
                Message(role: "assistant", content: "", images: [[1, 2]]),
            ])
        #expect(try await conversation(request(#""system": "S""#)).messages.map(\.content) == ["S", "hi"])
    }

    @Test(
        "tool_choice decides whether tools are offered, and whether one is called",
        arguments: [
            (#"{"type": "auto"}"#, .automatic, 1), (#"{"type": "any"}"#, .required, 1), ("null", .automatic, 1),
            (#"{"type": "tool", "name": "f"}"#, .named("f"), 1), (#"{"type": "none"}"#, .automatic, 0),
        ] as [(String, ToolChoice, Int)])
    func toolChoice(choice: String, expected: ToolChoice, count: Int) async throws {
        let found = try conversation(
            await request(
                #"""
                "tool_choice": \#(choice), "tools": [{"name": "f", "description": "d", "type": "custom",
                "input_schema": {"type": "object"}}]
                """#))
        #expect(found.toolChoice == expected)
        let tool: JSONValue = [
            "type": "function",
            "function": ["name": "f", "description": "d", "parameters": ["type": "object"]],
        ]
        #expect(found.tools == Array(repeating: tool, count: count))
    }

    // MARK: Failures

    private func expectFailure(_ reply: Reply, _ status: Int, _ type: String, _ words: String) {
        #expect(reply.status == status && reply.json?["type"] == "error", "\(reply.text)")
        #expect(reply.json?["error"]?["type"]?.stringValue == type)
        #expect(reply.json?["error"]?["message"]?.stringValue?.contains(words) == true, "\(reply.text)")
        #expect(reply.json?["request_id"]?.stringValue?.hasPrefix("req_") == true)
    }

    private static let refused: [(String, String)] = [
        ("{}", "model is required"), (#"{"model": "m"}"#, "messages is required"), ("", "missing request body"),
        (#"{"model": "m", "messages": [{"role": "user", "content": "x"}]}"#, "max_tokens is required"),
        (#"{\#(body), "max_tokens": 0}"#, "must be positive"), (#"{\#(body), "max_tokens": "5"}"#, "max_tokens"),
        (#"{\#(body), "max_tokens": 1e30}"#, "max_tokens"), (#"{\#(body), "messages": [7]}"#, "messages"),
        (#"{\#(body), "messages": [{"role": "user"}]}"#, "content is required"),
        (#"{\#(body), "messages": [{"role": "wizard", "content": "x"}]}"#, "wizard"),
        (#"{\#(body), "messages": [{"role": "user", "content": 5}]}"#, "messages.content"),
        (#"{\#(body), "messages": [{"role": "user", "content": ["x"]}]}"#, "messages.content"),
        (#"{\#(body), "messages": [{"role": "user", "content": [{"text": "x"}]}]}"#, "has no type"),
        (#"{\#(body), "messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]}"#, "content.text"),
        (#"{\#(body), "messages": [{"role": "user", "content": [{"type": "image"}]}]}"#, "invalid image source"),
        (
            #"{\#(body), "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url"}}]}]}"#,
            "invalid image source type: url. Only base64 images are supported."
        ),
        (
            #"{\#(body), "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "#
                + #""data": "*"}}]}]}"#, "illegal base64"
        ),
        (
            #"{\#(body), "messages": [{"role": "assistant", "content": [{"type": "tool_use", "name": "f"}]}]}"#,
            "tool_use block missing required 'id' field"
        ),
        (
            #"{\#(body), "messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "#
                + #""input": "x"}]}]}"#, "content.input"
        ),
        (
            #"{\#(body), "messages": [{"role": "user", "content": [{"type": "tool_result", "content": "r"}]}]}"#,
            "tool_result block missing required 'tool_use_id' field"
        ),
        (#"{\#(body), "system": {"a": 1}}"#, "system"), (#"{\#(body), "tools": [{}]}"#, "no name"),
        (#"{\#(body), "tools": [{"name": "f", "input_schema": [1]}]}"#, #"invalid input_schema for tool "f""#),
        (#"{\#(body), "tools": [{"name": "w", "type": "web_search_20250305"}]}"#, "web_search_20250305"),
        (#"{\#(body), "tool_choice": {"type": "any"}}"#, "needs tools"),
        (#"{\#(body), "tool_choice": {"type": "tool", "name": "f"}}"#, "none of the tools"),
        (#"{\#(body), "tool_choice": {"type": "maybe"}}"#, "maybe"),
        (#"{\#(body), "thinking": {"type": "enabled", "budget_tokens": 0}}"#, "budget_tokens"),
        (#"{\#(body), "output_config": {"effort": "huge"}}"#, "huge"),
        (#"{\#(body), "output_config": {"format": {"type": "xml"}}}"#, "xml"),
        (#"{\#(body), "output_config": {"format": {"type": "json_schema"}}}"#, "needs a schema"),
    ]

    @Test("what cannot be carried out is refused by name, in the words of this API", arguments: refused)
    func refusals(body: String, words: String) async throws {
        expectFailure(
            try await TestServer([.finished]).post("/v1/messages", body), 400, "invalid_request_error", words)
    }

    @Test(
        "failures before the answer have their status and type, streamed or not",
        arguments: [
            (GenerationError.modelNotFound("m"), 404, "not_found_error", "model 'm' not found"),
            (.imagesUnsupported(model: "m"), 400, "invalid_request_error", "does not support images"),
            (.overloaded, 503, "overloaded_error", "server busy"), (.engineFailed("x"), 500, "api_error", "x"),
        ] as [(GenerationError, Int, String, String)])
    func failures(error: GenerationError, status: Int, type: String, words: String) async throws {
        for stream in ["true", "false"] {
            let reply = try await TestServer([.fail(error)]).post(
                "/v1/messages", #"{\#(Self.body), "stream": \#(stream)}"#)
            expectFailure(reply, status, type, words)
        }
    }

    @Test("results within results are read as deep as JSON may be, and no deeper")
    func nestedResults() async throws {
        for (depth, status) in [(200, 200), (100_000, 400)] {
            let begin = #"[{"type": "tool_result", "tool_use_id": "c", "content": "#
            let content =
                String(repeating: begin, count: depth) + #""x""# + String(repeating: "}]", count: depth)
            let reply = try await TestServer([.finished]).post(
                "/v1/messages", #"{\#(Self.body), "messages": [{"role": "user", "content": \#(content)}]}"#)
            #expect(reply.status == status, "\(reply.text)")
        }
    }

    @Test("a failure within a stream is its last event")
    func lateFailure() async throws {
        let events = try await stream([.text("a"), .fail(.engineFailed("broken"))])
        #expect(events.last?["type"] == "error")
        #expect(events.last?["error"]?["type"] == "api_error")
        #expect(events.last?["error"]?["message"]?.stringValue?.contains("broken") == true)
        #expect(events.allSatisfy { $0["type"] != "message_stop" })
    }
}

@Suite("POST /v1/messages/count_tokens")
struct CountTokensTests {
    private static let body = #"{"model": "m", "messages": [{"role": "user", "content": "hi"}]}"#

    @Test("the tokens of the prompt are told, and no answer is made")
    func count() async throws {
        let server = try TestServer([.hang])
        let reply = try await server.post("/v1/messages/count_tokens", Self.body)
        #expect(reply.status == 200 && reply.json == ["input_tokens": 7])
        let request = try #require(server.service.lastRequest)
        #expect(request.promptReport == PromptReport(isAlone: true) && !request.truncates)
        #expect(server.service.served.withLock { $0 } == 0)
    }

    @Test("also of a prompt that is longer than the context")
    func longPrompt() async throws {
        let server = try TestServer([.fail(.promptTooLong(tokens: 9000, limit: 4096))])
        let reply = try await server.post("/v1/messages/count_tokens", Self.body)
        #expect(reply.status == 200 && reply.json == ["input_tokens": 9000])
    }

    @Test("failures are this API's")
    func failures() async throws {
        let server = try TestServer([.fail(.modelNotFound("m"))])
        let missing = try await server.post("/v1/messages/count_tokens", Self.body)
        #expect(missing.status == 404 && missing.json?["error"]?["type"] == "not_found_error")
        let bad = try await server.post("/v1/messages/count_tokens", #"{"model": "m", "messages": 5}"#)
        #expect(bad.status == 400 && bad.json?["error"]?["type"] == "invalid_request_error")
    }
}

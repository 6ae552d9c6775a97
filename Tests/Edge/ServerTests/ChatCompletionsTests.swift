import Chat
import Generation
import JSON
import Testing

@Suite("POST /v1/chat/completions")
struct ChatCompletionsTests {
    private static let body = #""model": "m", "messages": [{"role": "user", "content": "hi"}]"#

    private func chunks(_ reply: Reply) throws -> [JSONValue] {
        try reply.events.dropLast().map { try JSONParser.parse($0) }
    }

    @Test("streams events: role first, reason last, usage where it is asked for, then the end")
    func stream() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel"), .text("lo"), .finished])
        let reply = try await server.post(
            "/v1/chat/completions", #"{\#(Self.body), "stream": true, "stream_options": {"include_usage": true}}"#)
        #expect(reply.contentType == "text/event-stream")
        #expect(reply.text.hasSuffix("data: [DONE]\n\n"))
        let chunks = try chunks(reply)
        #expect(chunks.count == 5)
        #expect(
            chunks[0]["choices"]?[0] == [
                "index": 0, "delta": ["role": "assistant", "content": "", "reasoning": "hm"], "finish_reason": nil,
            ])
        #expect(chunks[1]["choices"]?[0]?["delta"] == ["content": "Hel"])
        #expect(chunks[3]["choices"]?[0] == ["index": 0, "delta": [:], "finish_reason": "stop"])
        #expect(chunks[4]["choices"] == [])
        #expect(chunks[4]["usage"] == ["prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10])
        #expect(chunks[0]["usage"] == nil)
        #expect(
            chunks[0].objectValue?.keys.map { $0 } == [
                "id", "object", "created", "model", "system_fingerprint", "choices",
            ])
        #expect(Set(chunks.map { $0["id"] }).count == 1)
        #expect(chunks[0]["object"]?.stringValue == "chat.completion.chunk")
    }

    @Test("a tool's call comes whole and changes the reason")
    func toolCalls() async throws {
        let server = try TestServer([.call("weather"), .finished])
        let reply = try await server.post("/v1/chat/completions", #"{\#(Self.body), "stream": true}"#)
        let chunks = try chunks(reply)
        #expect(
            chunks[0]["choices"]?[0]?["delta"] == [
                "role": "assistant", "content": "",
                "tool_calls": [
                    [
                        "id": "call_1", "index": 0, "type": "function",
                        "function": ["name": "weather", "arguments": #"{"city":"Graz","days":2}"#],
                    ]
                ],
            ])
        #expect(chunks[1]["choices"]?[0]?["finish_reason"]?.stringValue == "tool_calls")
    }

    @Test("an answer without text still has a first chunk")
    func emptyAnswer() async throws {
        let server = try TestServer([.finished])
        let reply = try await server.post("/v1/chat/completions", #"{\#(Self.body), "stream": true}"#)
        #expect(try chunks(reply)[0]["choices"]?[0]?["delta"] == ["role": "assistant", "content": ""])
    }

    @Test("without a stream the completion is whole")
    func whole() async throws {
        let server = try TestServer([.thinking("hm"), .text("Hel"), .text("lo"), .finished])
        let reply = try await server.post("/v1/chat/completions", "{\(Self.body)}")
        #expect(reply.json?["object"]?.stringValue == "chat.completion")
        #expect(
            reply.json?["choices"] == [
                [
                    "index": 0, "message": ["role": "assistant", "content": "Hello", "reasoning": "hm"],
                    "finish_reason": "stop",
                ]
            ])
        #expect(reply.json?["usage"]?["total_tokens"]?.intValue == 10)
    }

    @Test("temperature and top_p are one unless they are given; the rest is passed on")
    func options() async throws {
        let server = try TestServer([.finished])
        _ = try await server.post("/v1/chat/completions", "{\(Self.body)}")
        var options = try #require(server.service.lastRequest?.options)
        #expect(options.temperature == 1)
        #expect(options.topP == 1)
        #expect(options.numPredict == nil && options.stop == nil)
        _ = try await server.post(
            "/v1/chat/completions",
            #"""
            {\#(Self.body), "temperature": 0, "top_p": 0.5, "seed": 3, "max_tokens": 5, "stop": "x",
            "presence_penalty": 0.25, "frequency_penalty": 0.5, "logprobs": true, "top_logprobs": 2}
            """#)
        options = try #require(server.service.lastRequest?.options)
        #expect(options.temperature == 0 && options.topP == 0.5 && options.seed == 3 && options.numPredict == 5)
        #expect(options.stop == ["x"] && options.presencePenalty == 0.25 && options.frequencyPenalty == 0.5)
        #expect(server.service.lastRequest?.alternatives == 2)
        _ = try await server.post(
            "/v1/chat/completions", #"{\#(Self.body), "max_completion_tokens": 9, "max_tokens": 5, "stop": ["a", 1]}"#)
        options = try #require(server.service.lastRequest?.options)
        #expect(options.numPredict == 9)
        #expect(options.stop == ["a"])
    }

    @Test("parts become messages of their own, a tool's answer finds its name")
    func messages() async throws {
        let server = try TestServer([.finished])
        _ = try await server.post(
            "/v1/chat/completions",
            #"""
            {"model": "m", "messages": [
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "r"}], "reasoning_effort": "none"}
            """#)
        guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
            Issue.record("no conversation")
            return
        }
        #expect(
            conversation.messages == [
                Message(role: "user", content: "a"), Message(role: "user", content: "b"),
                Message(
                    role: "assistant", content: "", toolCalls: [ToolCall(id: "c1", name: "f", arguments: ["x": 1])]),
                Message(role: "tool", content: "r", toolName: "f", toolCallID: "c1"),
            ])
        #expect(conversation.think == .off)
    }

    @Test(
        "what cannot be done is refused in the API's own form",
        arguments: [
            ("", 400, "EOF"),
            (#"{"model": "m", "messages": []}"#, 400, "[] is too short - 'messages'"),
            (#"{"messages": [{"role": "user", "content": "x"}]}"#, 400, "model is required"),
            (
                #"{\#(body), "response_format": {"type": "json_object"}}"#, 400,
                #"response_format of type "json_object" is not supported yet; leave it out or use "text""#
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": null}]}"#, 400,
                "invalid message content type: <nil>"
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x"}}]}]}"#,
                400, "image URLs are not currently supported, please use base64 encoded data instead"
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]}"#,
                400, "invalid image input"
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "video"}]}]}"#, 400,
                "invalid message format"
            ),
            (
                #"{\#(body), "reasoning_effort": "huge"}"#, 400,
                #"invalid reasoning value: "huge" (must be "minimal", "low", "medium", "high", "xhigh", "ultra", "max", or "none")"#
            ),
        ])
    func refusals(body: String, status: Int, message: String) async throws {
        let reply = try await TestServer([.finished]).post("/v1/chat/completions", body)
        #expect(reply.status == status)
        #expect(
            reply.json?["error"] == [
                "message": .string(message), "type": "invalid_request_error", "param": nil, "code": nil,
            ])
    }

    @Test("an unknown model and a failing engine have their own types")
    func failures() async throws {
        let missing = try await TestServer([.fail(.modelNotFound("m"))]).post("/v1/chat/completions", "{\(Self.body)}")
        #expect(missing.status == 404)
        #expect(missing.json?["error"]?["type"]?.stringValue == "not_found_error")
        #expect(missing.json?["error"]?["message"]?.stringValue == "model 'm' not found")
        let failing = try await TestServer([.fail(.engineFailed("x"))]).post("/v1/chat/completions", "{\(Self.body)}")
        #expect(failing.json?["error"]?["type"]?.stringValue == "api_error")
    }

    @Test("an error in the middle of a stream is its last event")
    func lateFailure() async throws {
        let server = try TestServer([.text("a"), .fail(.engineFailed("x"))])
        let reply = try await server.post("/v1/chat/completions", #"{\#(Self.body), "stream": true}"#)
        #expect(reply.status == 200)
        let last = try JSONParser.parse(try #require(reply.events.last))
        #expect(last["error"]?["type"]?.stringValue == "api_error")
        #expect(!reply.text.contains("[DONE]"))
    }

    @Test("log-probabilities have the form that the clients of this API read")
    func logprobs() async throws {
        let token = TokenLogProbability(bytes: [104], logProbability: -0.5, alternatives: [])
        let server = try TestServer([.event(.part(.content("h"), [token])), .finished])
        let reply = try await server.post("/v1/chat/completions", #"{\#(Self.body), "logprobs": true}"#)
        #expect(
            reply.json?["choices"]?[0]?["logprobs"] == [
                "content": [["token": "h", "logprob": -0.5, "bytes": [104], "top_logprobs": []]]
            ])
    }
}

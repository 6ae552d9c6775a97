import Chat
import Generation
import JSON
import Locking
import Options
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

    @Test("arguments of a call come while they are written; what turns out to be none leaves no call")
    func argumentDeltas() async throws {
        let call = ToolCall(id: "c9", name: "weather", arguments: ["city": "Graz"])
        func part(_ part: OutputPart) -> ScriptedService.Step { .event(.part(part, [])) }
        let server = try TestServer([
            part(.toolCallStart(id: "c9", name: "weather")), part(.toolCallArguments(#"{"city""#)),
            part(.toolCallArguments(#": "Graz"}"#)), part(.toolCall(call)), .finished,
        ])
        let reply = try await server.post("/v1/chat/completions", #"{\#(Self.body), "stream": true}"#)
        let choices = try chunks(reply).compactMap { $0["choices"]?[0] }
        #expect(choices.count == 4)
        #expect(
            choices[0]["delta"] == [
                "role": "assistant", "content": "",
                "tool_calls": [
                    ["id": "c9", "index": 0, "type": "function", "function": ["name": "weather", "arguments": ""]]
                ],
            ])
        #expect(
            choices[1]["delta"] == ["tool_calls": [["index": 0, "function": ["arguments": #"{"city""#]]]])
        #expect(
            choices[2]["delta"] == ["tool_calls": [["index": 0, "function": ["arguments": #": "Graz"}"#]]]])
        #expect(choices[3]["finish_reason"]?.stringValue == "tool_calls")

        let steps = [
            part(.toolCallStart(id: nil, name: "weather")), part(.toolCallArguments(#"{"ci"#)),
            part(.toolCallAbandoned), .text("as it was written"), .finished,
        ]
        let other = try TestServer(steps)
        let abandoned = try chunks(try await other.post("/v1/chat/completions", #"{\#(Self.body), "stream": true}"#))
        #expect(abandoned.last?["choices"]?[0]?["finish_reason"]?.stringValue == "stop")
        let whole = try await TestServer(steps).post("/v1/chat/completions", "{\(Self.body)}")
        #expect(
            whole.json?["choices"]?[0]?["message"] == ["role": "assistant", "content": "as it was written"])
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

    @Test("temperature and top_p are one where neither the request nor the model gives them; the rest is passed on")
    func options() async throws {
        let server = try TestServer([.finished])
        _ = try await server.post("/v1/chat/completions", "{\(Self.body)}")
        var options = try #require(server.service.lastRequest?.options)
        #expect(options == GenerationOptions(), "what the request leaves out is the model's to say")
        #expect(server.service.lastRequest?.defaults.temperature == 1)
        #expect(server.service.lastRequest?.defaults.topP == 1)
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
            "/v1/chat/completions",
            #"""
            {\#(Self.body), "max_completion_tokens": 9, "max_tokens": 5, "stop": ["a", ""],
            "logit_bias": {"7": -100, "12": 0.5, " text": 2}}
            """#)
        options = try #require(server.service.lastRequest?.options)
        #expect(options.numPredict == 9)
        #expect(options.logitBias?.tokens == [7: -100, 12: 0.5])
        #expect(options.logitBias?.texts == [" text": 2])
        #expect(options.stop == ["a"])
    }

    private func messages(_ text: String) async throws -> [Message] {
        let server = try TestServer([.finished])
        let reply = try await server.post("/v1/chat/completions", #"{"model": "m", "messages": [\#(text)]}"#)
        #expect(reply.status == 200, "\(reply.text)")
        guard case .conversation(let conversation)? = server.service.lastRequest?.input else { return [] }
        return conversation.messages
    }

    @Test("the texts of a message's parts are its lines, a tool's answer finds its name")
    func messages() async throws {
        let messages = try await messages(
            #"""
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": ""},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQI="}}, {"type": "input_text", "text": "b"}]},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "r"}]},
            {"role": "assistant", "content": null, "refusal": "no"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
            {"role": "assistant", "content": null, "function_call": {"name": "g", "arguments": "{}"}},
            {"role": "function", "name": "g", "content": null}
            """#)
        #expect(
            messages == [
                Message(role: "user", content: "a\nb", images: [[1, 2]]),
                Message(
                    role: "assistant", content: "", toolCalls: [ToolCall(id: "c1", name: "f", arguments: ["x": 1])]),
                Message(role: "tool", content: "r", toolName: "f", toolCallID: "c1"),
                Message(role: "assistant", content: "no"), Message(role: "assistant", content: "no"),
                Message(role: "assistant", content: "", toolCalls: [ToolCall(name: "g", arguments: [:])]),
                Message(role: "tool", content: "", toolName: "g"),
            ])
    }

    @Test(
        "a call is kept, however its message says that there are no words and no arguments",
        arguments: [
            "", #""content": null,"#, #""content": "","#, #""content": [],"#, #""content": {},"#,
            #""content": [{"type": "text", "text": ""}],"#, #""content": [{"type": "text", "text": null}],"#,
        ],
        [
            #"{"name": "now"}"#, #"{"name": "now", "arguments": ""}"#, #"{"name": "now", "arguments": null}"#,
            #"{"name": "now", "arguments": {}}"#, #"{"name": "now", "arguments": []}"#,
            #"{"name": "now", "arguments": "{}"}"#, #"{"name": "now", "arguments": " null "}"#,
        ])
    func emptyCalls(content: String, function: String) async throws {
        let messages = try await messages(
            #"{"role": "assistant", \#(content) "tool_calls": [{"id": "c", "type": "function", "function": \#(function)}]}"#
        )
        #expect(
            messages == [
                Message(role: "assistant", content: "", toolCalls: [ToolCall(id: "c", name: "now", arguments: [:])])
            ])
    }

    @Test("tool_choice decides whether tools are offered, and one call is all where calls in parallel are not wanted")
    func toolChoice() async throws {
        let tools = #""tools": [{"type": "function", "function": {"name": "f"}}]"#
        for (choice, count) in [(#""auto""#, 1), (#""none""#, 0), ("null", 1), (#""""#, 1)] {
            let server = try TestServer([.finished])
            _ = try await server.post("/v1/chat/completions", #"{\#(Self.body), \#(tools), "tool_choice": \#(choice)}"#)
            guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
                Issue.record("no conversation for \(choice)")
                return
            }
            #expect(conversation.tools.count == count, "\(choice)")
        }
        for (choice, expected) in [
            (#""required""#, ToolChoice.required), (#"{"type": "function", "function": {"name": "f"}}"#, .named("f")),
            (#"{"type": "function", "name": "f"}"#, .named("f")), (#""auto""#, .automatic),
        ] {
            let server = try TestServer([.finished])
            _ = try await server.post("/v1/chat/completions", #"{\#(Self.body), \#(tools), "tool_choice": \#(choice)}"#)
            guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
                Issue.record("no conversation for \(choice)")
                return
            }
            #expect(conversation.toolChoice == expected && conversation.tools.count == 1)
        }
        for (parallel, count) in [("true", 2), ("null", 2), ("false", 1)] {
            let server = try TestServer([.call("f"), .call("g"), .finished])
            let body = #"{\#(Self.body), \#(tools), "parallel_tool_calls": \#(parallel), "stream": "#
            let whole = try await server.post("/v1/chat/completions", body + "false}")
            #expect(whole.json?["choices"]?[0]?["message"]?["tool_calls"]?.arrayValue?.count == count)
            #expect(whole.json?["choices"]?[0]?["finish_reason"]?.stringValue == "tool_calls")
            let again = try TestServer([.call("f"), .call("g"), .finished])
            let chunks = try chunks(try await again.post("/v1/chat/completions", body + "true}"))
            #expect(chunks.count { $0["choices"]?[0]?["delta"]?["tool_calls"] != nil } == count)
        }
    }

    @Test(
        "limits of an answer",
        arguments: [
            (#""max_tokens": 5"#, 5), (#""max_tokens": 5.0"#, 5), (#""max_tokens": 1e3"#, 1000),
            (#""max_tokens": -1"#, -1),
            (#""max_tokens": null"#, nil), (#""max_tokens": """#, nil), (#""max_completion_tokens": 7"#, 7),
            (#""max_completion_tokens": null, "max_tokens": 3"#, 3),
            (#""max_completion_tokens": 7, "max_tokens": 3"#, 7),
        ])
    func tokenLimits(fields: String, limit: Int?) async throws {
        let server = try TestServer([.finished])
        let reply = try await server.post("/v1/chat/completions", "{\(Self.body), \(fields)}")
        #expect(reply.status == 200)
        #expect(server.service.lastRequest?.options.numPredict == limit)
    }

    @Test(
        "what would change the answer and is not carried out is refused by its name",
        arguments: [
            (#""n": 129"#, "n must be from 1 to 128"), (#""n": 0"#, "n must be from 1 to 128"),
            (#""tool_choice": "required""#, "tool_choice \"required\" needs tools"),
            (#""tool_choice": {"type": "function", "function": {"name": "f"}}"#, "tool_choice names \"f\""),
            (#""tool_choice": {"type": "custom", "custom": {"name": "f"}}"#, "tool_choice {"),
            (#""tool_choice": "sometimes""#, "tool_choice \"sometimes\" is not supported"),
            (#""response_format": {"type": "json_schema", "json_schema": {"schema": 5}}"#, "needs a schema"),
            (#""response_format": {"type": "xml"}"#, "response_format of type \"xml\""),
            (#""response_format": {"type": "json_object"}, "grammar": "root ::= \"a\"""#, "an answer has one form"),
            (#""tools": [{"type": "custom", "custom": {"name": "f"}}]"#, "tools of type \"custom\" are not supported"),
            (#""functions": [{"name": "f"}]"#, "functions is not supported"),
            (#""function_call": {"name": "f"}"#, "function_call is not supported"),
            (#""top_logprobs": 2"#, "top_logprobs needs logprobs"),
            (#""modalities": ["text", "audio"]"#, "modalities of \"audio\""),
            (#""audio": {"voice": "x"}"#, "audio is not"),
            (#""web_search_options": {"user_location": 1}"#, "web_search_options is not"),
            (#""logit_bias": {"": 1}"#, "logit_bias of \"\""), (#""logit_bias": {"x": 101}"#, "logit_bias of \"x\""),
            (#""logit_bias": {"1": 101}"#, "logit_bias of \"1\""),
            (#""logit_bias": {"1": "2"}"#, "logit_bias of \"1\""),
            (#""logit_bias": {"-1": 2}"#, "logit_bias of \"-1\""),
            (#""logit_bias": {"99999999999": 2}"#, "logit_bias of"),
            (#""max_tokens": 0"#, "max_tokens must be at least 1"),
            (#""max_completion_tokens": 0, "max_tokens": 5"#, "max_completion_tokens must be at least 1"),
            (#""max_tokens": 7.9"#, "max_tokens of type int"), (#""stop": ["a", 1]"#, "\"stop\""),
            (#""stop": 1"#, "\"stop\""),
            (#""response_format": {"type": "json_schema"}"#, "response_format"),
        ])
    func namedRefusals(field: String, words: String) async throws {
        let reply = try await TestServer([.finished]).post("/v1/chat/completions", "{\(Self.body), \(field)}")
        #expect(reply.status == 400)
        #expect(reply.json?["error"]?["message"]?.stringValue?.contains(words) == true, "\(reply.text)")
        #expect(reply.json?["error"]?["type"]?.stringValue == "invalid_request_error")
    }

    @Test("fields that only tell about the caller, and those that ask for what is done anyway, are taken")
    func ignoredFields() async throws {
        let reply = try await TestServer([.finished]).post(
            "/v1/chat/completions",
            #"""
            {\#(Self.body), "user": "u", "metadata": {"a": "b"}, "store": true, "service_tier": "auto", "n": 1,
            "modalities": ["text"], "function_call": "auto", "functions": [], "audio": null, "logit_bias": {},
            "response_format": {"type": "text"}, "top_logprobs": 0, "unheard_of": [1]}
            """#)
        #expect(reply.status == 200, "\(reply.text)")
    }

    @Test("a thought's budget is passed on")
    func thinkingBudget() async throws {
        for field in [#""max_thinking_tokens": 9"#, #""reasoning": {"effort": "high", "max_tokens": 9}"#] {
            let server = try TestServer([.finished])
            _ = try await server.post("/v1/chat/completions", "{\(Self.body), \(field)}")
            #expect(server.service.lastRequest?.options.maxThinkingTokens == 9)
        }
    }

    @Test("several answers are choices of one, each with a seed of its own")
    func choices() async throws {
        let server = try TestServer([.text("Hi"), .finished])
        let body = #"{\#(Self.body), "n": 3, "seed": 7, "stream_options": {"include_usage": true}, "stream": "#
        let whole = try await server.post("/v1/chat/completions", body + "false}")
        let choices = try #require(whole.json?["choices"]?.arrayValue)
        #expect(choices.map { $0["index"]?.intValue } == [0, 1, 2])
        #expect(choices.allSatisfy { $0["message"]?["content"]?.stringValue == "Hi" })
        #expect(whole.json?["usage"] == ["prompt_tokens": 7, "completion_tokens": 9, "total_tokens": 16])
        #expect(Set(server.service.record.withLock { $0.requests.map(\.options.seed) }) == [7, 8, 9])
        let chunks = try chunks(try await server.post("/v1/chat/completions", body + "true}"))
        for index in 0..<3 {
            let own = chunks.filter { $0["choices"]?[0]?["index"]?.intValue == index }
            #expect(own.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }.joined() == "Hi")
            #expect(own.last?["choices"]?[0]?["finish_reason"]?.stringValue == "stop")
        }
        #expect(chunks.last?["usage"]?["completion_tokens"]?.intValue == 9)
        #expect(chunks.count { $0["usage"] != nil } == 1)
    }

    @Test(
        "the form of an answer is passed on",
        arguments: [
            (#""response_format": {"type": "json_object"}"#, AnswerForm.json),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "null"}}}"#,
                .schema(["type": "null"])
            ),
            (#""grammar": "root ::= [a]""#, .grammar("root ::= [a]")), (#""regex": "a|b""#, .regex("a|b")),
        ])
    func forms(field: String, form: AnswerForm) async throws {
        let server = try TestServer([.finished])
        let reply = try await server.post("/v1/chat/completions", "{\(Self.body), \(field)}")
        #expect(reply.status == 200)
        #expect(server.service.lastRequest?.form == form)
    }

    @Test("thinking that is switched off is told to the model")
    func reasoningEffort() async throws {
        let server = try TestServer([.finished])
        _ = try await server.post("/v1/chat/completions", #"{\#(Self.body), "reasoning_effort": "none"}"#)
        guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
            Issue.record("no conversation")
            return
        }
        #expect(conversation.think == .off)
    }

    @Test(
        "what cannot be done is refused in the API's own form",
        arguments: [
            ("", 400, "EOF"),
            (#"{"model": "m", "messages": []}"#, 400, "[] is too short - 'messages'"),
            (#"{"messages": [{"role": "user", "content": "x"}]}"#, 400, "model is required"),
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
                #"invalid message format: a part of type "video" cannot be read; send "text" with a text, or "image_url" with the picture as base64"#
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "data:;base64,@"}]}]}"#,
                400, "illegal base64 data at input byte 0 of image_url"
            ),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": ["a"]}]}"#, 400,
                #"invalid message format: each part of content is an object with a "type""#
            ),
            (
                #"{"model": "m", "messages": [{"role": "assistant", "tool_calls": [{"function": {"arguments": "{bad"}}]}]}"#,
                400,
                #"invalid tool call arguments: "{bad" is not the JSON text of an object"#
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

    @Test("a prompt that is too long has the code that clients know")
    func promptTooLong() async throws {
        let server = try TestServer([.fail(.promptTooLong(tokens: 9, limit: 8))])
        let error = try await server.post("/v1/chat/completions", "{\(Self.body)}").json?["error"]
        #expect(error?["code"]?.stringValue == "context_length_exceeded")
        #expect(error?["type"]?.stringValue == "invalid_request_error")
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

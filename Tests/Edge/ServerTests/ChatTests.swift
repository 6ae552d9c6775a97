import APITypes
import Chat
import Generation
import JSON
import Testing

@Suite("POST /api/chat")
struct ChatRouteTests {
    @Test("streams messages, a tool's call in a piece of its own")
    func stream() async throws {
        let server = try TestServer([.text("It is "), .call("weather"), .call("weather"), .finished])
        let reply = try await server.post(
            "/api/chat",
            #"{"model": "m", "messages": [{"role": "USER", "content": "hi"}], "tools": [{"type": "function"}]}"#)
        let lines = reply.lines
        #expect(lines.count == 4)
        #expect(lines[0]["message"] == ["role": "assistant", "content": "It is "])
        #expect(
            lines[2]["message"] == [
                "role": "assistant", "content": "",
                "tool_calls": [
                    [
                        "id": "call_1",
                        "function": ["index": 1, "name": "weather", "arguments": ["city": "Graz", "days": 2]],
                    ]
                ],
            ])
        #expect(lines[3]["message"] == ["role": "assistant", "content": ""])
        #expect(
            lines[3].objectValue?.keys.map { $0 } == [
                "model", "created_at", "message", "done", "done_reason", "total_duration", "load_duration",
                "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration",
            ])
        guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
            Issue.record("no conversation")
            return
        }
        #expect(conversation.messages == [Message(role: "user", content: "hi")])
        #expect(conversation.tools == [["type": "function"]])
    }

    @Test("without a stream the message is whole")
    func whole() async throws {
        let server = try TestServer([.thinking("a"), .thinking("b"), .text("c"), .call("f"), .finished])
        let reply = try await server.post(
            "/api/chat", #"{"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": false}"#)
        let message = reply.json?["message"]
        #expect(message?["content"]?.stringValue == "c")
        #expect(message?["thinking"]?.stringValue == "ab")
        #expect(message?["tool_calls"]?[0]?["function"]?["index"]?.intValue == 0)
        #expect(reply.json?["done_reason"]?.stringValue == "stop")
    }

    @Test("no messages load or unload")
    func loadAndUnload() async throws {
        let server = try TestServer()
        try await server.addModel("m")
        let load = try await server.post("/api/chat", #"{"model": "m"}"#)
        #expect(load.json?["message"] == ["role": "assistant", "content": ""])
        #expect(load.json?["done_reason"]?.stringValue == "load")
        let unload = try await server.post("/api/chat", #"{"model": "m", "messages": [], "keep_alive": 0}"#)
        #expect(unload.json?["done_reason"]?.stringValue == "unload")
    }

    @Test("a call without identifier gets one")
    func callIdentifier() async throws {
        let call = ToolCall(name: "f", arguments: [:])
        let server = try TestServer([.event(.part(.toolCall(call), [])), .finished])
        let reply = try await server.post("/api/chat", #"{"model": "m", "messages": [{"role": "user"}]}"#)
        let id = try #require(reply.lines[0]["message"]?["tool_calls"]?[0]?["id"]?.stringValue)
        #expect(id.wholeMatch(of: /call_[a-z0-9]{8}/) != nil)
    }
}

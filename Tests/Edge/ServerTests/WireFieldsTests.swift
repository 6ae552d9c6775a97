import APITypes
import JSON
import OrderedCollections
import Testing

@Suite("Reading requests by Go's rules")
struct WireFieldsTests {
    private func chat(_ text: String) throws -> ChatRequest {
        try ChatRequest(JSONParser.parse(text))
    }

    @Test(
        "of keys that are equal but for their case the last counts",
        arguments: [
            (#"{"model": "a", "model": "b"}"#, "b"), (#"{"model": "a", "MODEL": "b"}"#, "b"),
            (#"{"Model": "a", "model": "b"}"#, "b"), (#"{"model": "a", "Model": null}"#, ""),
        ])
    func repeatedKeys(text: String, model: String) throws {
        #expect(try chat(text).model == model)
    }

    @Test("keys match in any case, unknown ones are ignored, null is not given")
    func keys() throws {
        let request = try chat(#"{"MODEL": "m", "Stream": false, "x": 1, "think": null, "messages": null}"#)
        #expect(request.model == "m")
        #expect(request.parameters.stream == false)
        #expect(request.parameters.think == nil)
        #expect(request.messages.isEmpty)
    }

    @Test(
        "a value of the wrong type is named as Go names it",
        arguments: [
            (
                #"{"stream": "yes"}"#,
                "json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool"
            ),
            (#"{"model": 1}"#, "json: cannot unmarshal number into Go struct field ChatRequest.model of type string"),
            (
                #"{"messages": [{"content": ["a"]}]}"#,
                "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string"
            ),
            (
                #"{"messages": "hi"}"#,
                "json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message"
            ),
            (
                #"{"options": []}"#,
                "json: cannot unmarshal array into Go struct field ChatRequest.options of type map[string]interface {}"
            ),
            (
                #"{"top_logprobs": 1.5}"#,
                "json: cannot unmarshal number 1.5 into Go struct field ChatRequest.top_logprobs of type int"
            ),
            ("[1]", "json: cannot unmarshal array into Go value of type api.ChatRequest"),
            (
                #"{"keep_alive": true}"#,
                #"Unsupported type: 'bool'; keep_alive is a number of seconds or a duration like "5m""#
            ),
            (
                #"{"keep_alive": "x"}"#,
                #"time: invalid duration "x"; keep_alive is a number of seconds or a duration like "5m""#
            ),
            (
                #"{"think": "hard"}"#,
                #"invalid think value: "hard" (must be "high", "medium", "low", "max", true, or false)"#
            ),
            (
                #"{"think": 1}"#,
                #"think must be a boolean or string ("high", "medium", "low", "max", true, or false)"#
            ),
            (#"{"messages": [{"images": ["ab*d"]}]}"#, "illegal base64 data at input byte 2 of images"),
        ])
    func mismatches(text: String, message: String) throws {
        let error = try #require(throws: WireError.self) { try chat(text) }
        #expect(error.description == message)
    }

    @Test("roles are lower-cased, tool calls keep the order of their arguments")
    func messages() throws {
        let request = try chat(
            #"""
            {"messages": [{"role": "Assistant", "tool_calls": [{"id": "c", "function":
            {"name": "f", "arguments": {"z": 1, "a": 2}}}]}, {"role": "tool", "content": "4", "tool_name": "f"}]}
            """#)
        #expect(request.messages[0].role == "assistant")
        #expect(request.messages[0].toolCalls[0].arguments.keys == ["z", "a"])
        #expect(request.messages[1].toolName == "f")
    }

    @Test("a request reads back as it was written")
    func roundTrip() throws {
        var request = ChatRequest(
            model: "m",
            messages: [ChatMessage(role: "user", content: "hi", images: [[1, 2, 3, 255]])])
        request.parameters.keepAlive = GoDuration(seconds: 90)
        request.parameters.options = ["seed": 7]
        request.parameters.think = .level("low")
        request.tools = [["type": "function"]]
        #expect(try ChatRequest(request.json) == request)
    }
}

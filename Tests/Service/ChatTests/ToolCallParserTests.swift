import Chat
import JSON
import Testing

@Suite("Tool calls are found in an answer")
struct ToolCallParserTests {
    private static let tools = ["get", "get_weather", "say_hello", "create"]

    private func check(_ tag: String, _ text: String, _ expected: [OutputPart]) {
        let parser = ToolCallParser(tag: tag, tools: Self.tools)
        for pieces in splits(of: text) { #expect(parser.parts(of: pieces) == expected, "\(tag) \(pieces)") }
    }

    private func call(_ name: String, _ arguments: JSONObject = [:]) -> OutputPart {
        .toolCall(ToolCall(name: name, arguments: arguments))
    }

    @Test("behind a tag, text before it is content, and what follows a call is not")
    func tagged() {
        check(
            "<tool_call>",
            #"Sure.\#n<tool_call>{"name":"get_weather","arguments":{"b":1,"a":"}"}}</tool_call> x"#,
            [.content("Sure.\n"), call("get_weather", ["b": 1, "a": "}"])])
        check("<tool_call>", "no <tool_ca", [.content("no <tool_ca")])
        check("<tool_call>", #"<tool_call>{"name":"say_hello"}"#, [call("say_hello")])
        check("<tool_call>", "<tool_call>nonsense", [])
    }

    @Test("several calls come in their order")
    func several() {
        let two = #"{"name":"get","arguments":{"n":1}}"#
        let expected = [call("get", ["n": 1]), call("get", ["n": 1])]
        check("<t>", "<t>\(two)</t><t>\(two)</t>", expected)
        check("[TOOL_CALLS]", "[TOOL_CALLS] [\(two), \(two)]", expected)
        check("{", "\(two)\n\(two)", expected)
        check("{", "\(two); \(two)", expected)
        check("[", "[\(two),\(two)]", expected)
    }

    @Test("a bare brace or bracket is a call only at the beginning, and content if it is none")
    func bare() {
        check("{", #"Say {"name":"get","arguments":{}}"#, [.content(#"Say {"name":"get","arguments":{}}"#)])
        check("{", #" {"a":1} rest"#, [.content(#" {"a":1} rest"#)])
        check("[", "[1, [2]] rest", [.content("[1, [2]] rest")])
        check("{", #"{"name":"unknown","arguments":{}}"#, [.content(#"{"name":"unknown","arguments":{}}"#)])
        check("{", #"{"name":"ge"#, [.content(#"{"name":"ge"#)])
        check("{", #"{"name":"get","arguments":{}} Done."#, [call("get"), .content(" Done.")])
        check("[", #"[{"name":"get","arguments":{}}] Done."#, [call("get"), .content(" Done.")])
    }

    @Test("arguments may be called parameters, be a string, lie under the tool's name, or deeper")
    func arguments() {
        check("{", #"{"name":"get","parameters":{"x":[1]}}"#, [call("get", ["x": [1]])])
        check("<t>", #"<t>{"name":"get","arguments":"{\"x\":2}"}"#, [call("get", ["x": 2])])
        check("<t>", #"<t>{"get_weather":{"x":3}}"#, [call("get_weather", ["x": 3])])
        check(
            "<t>", #"<t>{"type":"function","function":{"name":"get","arguments":{"x":4}}}"#, [call("get", ["x": 4])])
        check("<t>", #"<t>{"calls":[{"name":"get","arguments":{"x":5}}]}"#, [call("get", ["x": 5])])
        check("<f=", #"<f=get_weather>{"x":6}</f>"#, [call("get_weather", ["x": 6])])
        check("<f=", #"<f=create>{"name":"Bob"}</f>"#, [call("create", ["name": "Bob"])])
    }

    @Test("the name of one tool within another's, or in an argument, is not taken for it")
    func names() {
        check("<t>", #"<t>get_weather{"x":1}"#, [call("get_weather", ["x": 1])])
        check("<t>", #"<t>{"arguments":{"q":"say_hello"},"name":"get"}"#, [call("get", ["q": "say_hello"])])
        check(
            "<t>", #"<t>{"name":"unknown","arguments":{}} {"name":"get","arguments":{"x":1}}"#, [call("get", ["x": 1])])
    }

    @Test("an object that is no JSON is passed over, and a name may follow its object")
    func disorder() {
        check("<t>", #"<t>{oops} {"name":"get","arguments":{}}"#, [call("get")])
        check("<t>", #"<t>{"x":1} say_hello"#, [call("say_hello", ["x": 1])])
        check("<t>", #"<t>"quoted {"name":"get","arguments":{"s":"\"{"}}"#, [call("get", ["s": "\"{"])])
    }

    @Test("thinking is read first, then calls in what follows")
    func afterThinking() {
        let parser = AnswerParser(
            thinking: ThinkingParser(opening: "<think>", closing: "</think>", startsInside: true),
            toolCalls: ToolCallParser(tag: "<t>", tools: Self.tools))
        let text = #"<t>{"name":"get"}</think>ok <t>{"name":"get"}"#
        for pieces in splits(of: text) {
            #expect(
                parser.parts(of: pieces) == [.thinking(#"<t>{"name":"get"}"#), .content("ok "), call("get")],
                "\(pieces)")
        }
        #expect(AnswerParser().parts(of: ["a", "", "b"]) == [.content("ab")])
    }
}

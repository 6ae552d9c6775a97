import Chat
import JSON
import TestSupport
import Testing

@Suite("Calls are found by a tag that only the template knows, or by their JSON alone", .computing)
struct TaggedCallTests {
    private static let tools = ["get", "get_weather", "say_hello", "create"].map { name -> JSONValue in
        ["type": "function", "function": ["name": .string(name)]]
    }

    private func reader(_ tag: String) -> any ByteOutputParser {
        AnswerSyntax.jsonBehind(tag).makeReader(AnswerSetting(tools: DeclaredTools(Self.tools)))
    }

    private func check(
        _ tag: String, _ text: String, _ expected: [OutputPart], _ location: SourceLocation = #_sourceLocation
    ) {
        let parser = reader(tag)
        let whole = parser.events(of: [text])
        #expect(whole.wholes(location) == expected, "\(tag) \(text)", sourceLocation: location)
        for pieces in splits(of: text) {
            #expect(parser.events(of: pieces) == whole, "\(tag) \(pieces)", sourceLocation: location)
        }
    }

    private func call(_ name: String, _ arguments: JSONObject = [:]) -> OutputPart {
        .toolCall(ToolCall(name: name, arguments: arguments))
    }

    @Test("behind a tag; text before it and after the call is content, without the white space around marks")
    func tagged() {
        check(
            "<tool_call>",
            #"Sure.\#n<tool_call>{"name":"get_weather","arguments":{"b":1,"a":"}"}}</tool_call> x"#,
            [.content("Sure."), call("get_weather", ["b": 1, "a": "}"]), .content("x")])
        check("<tool_call>", "no <tool_ca", [.content("no <tool_ca")])
        check("<tool_call>", #"<tool_call>{"name":"say_hello"}"#, [call("say_hello")])
        check("<tool_call>", "<tool_call>nonsense", [.content("<tool_call>nonsense")])
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
        check("{", #"{"a":"get"}"#, [.content(#"{"a":"get"}"#)])
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
            "<t>", #"<t>{"name":"unknown","arguments":{}} {"name":"get","arguments":{"x":1}}"#,
            [.content(#"<t>{"name":"unknown","arguments":{}}"#), call("get", ["x": 1])])
    }

    @Test("an object that is no JSON is content, and a call may follow it")
    func disorder() {
        check("<t>", #"<t>{oops} {"name":"get","arguments":{}}"#, [.content("<t>{oops}"), call("get")])
        check(
            "<t>", #"<t>"quoted {"name":"get","arguments":{"s":"\"{"}}""#, [call("get", ["s": "\"{"]), .content("\"")])
    }

    @Test("arguments are told while they come, where the tool's name stands before them")
    func deltas() {
        var parser = reader("<t>")
        #expect(parser.push(#"<t>{"name":"get","arguments":{"x""#).last == .toolCallArguments(#"{"x""#))
        #expect(parser.region == .toolCall)
        #expect(parser.push(#": [1, "#) == [.toolCallArguments(": [1, ")])
        #expect(
            parser.push("2]}}") == [
                .toolCallArguments("2]}"), .toolCall(ToolCall(name: "get", arguments: ["x": [1, 2]])),
            ])
        #expect(parser.push("</t>ok") == [.content("ok")])
        #expect(parser.region == .content)
    }

    @Test("thinking is read first, then calls in what follows")
    func afterThinking() {
        let parser = AnswerSyntax.jsonBehind("<t>").makeReader(
            AnswerSetting(
                tools: DeclaredTools(Self.tools), thinking: [ThinkingMarks("<think>", "</think>")], prompt: "<think>"))
        let text = #"<t>{"name":"get"}</think>ok <t>{"name":"get"}"#
        for pieces in splits(of: text) {
            #expect(
                parser.parts(of: pieces) == [.thinking(#"<t>{"name":"get"}"#), .content("ok"), call("get")], "\(pieces)"
            )
        }
        let plain = AnswerSyntax.jsonBehind("<t>").makeReader(AnswerSetting(tools: DeclaredTools([])))
        #expect(plain.parts(of: ["a", "", "b"]) == [.content("ab")])
    }
}

import Chat
import JSON
import TestSupport
import Testing

@Suite("Calls that are none, half, or odd", .computing)
struct MalformedAnswerTests {
    private static let tools: [JSONValue] =
        AnswerExample.tools + [
            [
                "type": "function",
                "function": [
                    "name": "set-all.now",
                    "parameters": [
                        "type": "object",
                        "properties": [
                            "text": ["type": "string"], "count": ["type": "integer"], "ratio": ["type": "number"],
                            "on": ["type": "boolean"], "list": ["type": "array"], "map": ["type": "object"],
                            "either": ["anyOf": [["type": "integer"], ["type": "string"]]],
                            "maybe": ["type": ["string", "null"]], "kind": ["enum": ["a", "b"]],
                            "shared": ["$ref": "#/$defs/number"],
                        ], "$defs": ["number": ["type": "integer"]],
                    ],
                ],
            ]
        ]

    private func read(_ name: String, _ text: String, prompt: String? = nil) throws -> [OutputPart] {
        let syntax = try #require(AnswerSyntaxes.all.first { $0.name == name })
        let reader = syntax.makeReader(
            AnswerSetting(
                tools: DeclaredTools(Self.tools), thinking: syntax.thinking,
                prompt: prompt ?? syntax.promptOpening ?? ""))
        let bytes = Array(text.utf8)
        let whole = reader.events(of: bytes, cutAt: [])
        let cut = reader.events(of: bytes, cutAt: Array(bytes.indices))
        #expect(cut.map(\.withoutID) == whole.map(\.withoutID), "\(text)")
        return whole.wholes().map(\.withoutID)
    }

    /// Texts that are content as they are.
    static let texts: [(String, String)] = [
        ("Hermes", "<tool_call>"), ("Hermes", "<tool_call>\nI would call get_weather.\n</tool_call>"),
        ("Hermes", #"<tool_call>{"name": "get_weather", "arguments": {"city": </tool_call>"#),
        ("Hermes", #"<tool_call>{"name": "get_weather", "arguments": ["Graz"]}</tool_call>"#),
        ("Hermes", #"<tool_call>{"name": "nothing", "arguments": {}}</tool_call>"#),
        ("Hermes", #"<tool_call>{"arguments": {"city": "Graz"}}</tool_call>"#),
        ("Hermes", "<tool_call>{'name': 'get_weather'}</tool_call>"),
        ("Qwen XML", "<tool_call>\n<function=nothing>\n</function>\n</tool_call>"),
        ("Qwen XML", "<function=get_weather>\nGraz\n</function>"),
        ("Qwen XML", "<function=get_weather>\n<parameter=city>\nGraz"),
        ("Qwen XML", "a <function=f(x) and b"),
        ("GLM 4.5", "<tool_call>get_weather\n<arg_key>city</arg_key>\n</tool_call>"),
        ("Mistral, named", "[TOOL_CALLS]get_weather"), ("Mistral, named", "[TOOL_CALLS]get_weather[ARGS]Graz"),
        ("Mistral, named", "[TOOL_CALLS]nothing[ARGS]{}"), ("Mistral, list", "[TOOL_CALLS] none"),
        ("Mistral, list", #"[TOOL_CALLS] [{"name": "get_weather", "arg"#),
        ("Kimi K2", "<|tool_calls_section_begin|><|tool_call_begin|>functions.no:0<|tool_call_argument_begin|>{}"),
        ("Kimi K2", "<|tool_calls_section_begin|>text<|tool_calls_section_end|>"),
        ("DeepSeek R1", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n[1]\n```"),
        ("Pythonic", "[1, 2, 3] are numbers"), ("Pythonic", "[get_weather(city=Graz)]"),
        ("Pythonic", "[get_weather(city='Graz', days=2"), ("Pythonic", "[nothing(x=1)]"), ("Pythonic", "[see](url)"),
        ("LFM 2", "<|tool_call_start|>[get_weather(city={'a': })]<|tool_call_end|>"),
        ("Gemma 3", "```tool_code\nimport os\n```"), ("Gemma 3", "```tool_code\nprint(print(1))\n```"),
        ("Gemma 4", "<|tool_call>call:nothing{a:1}<tool_call"), ("Gemma 4", #"<|tool_call>call:get_time{zone:<|"|>UT"#),
        ("Command R", "Action: ```json\nnone\n```"), ("Command R7B", "<|START_ACTION|>[]<|END_ACTION|>"),
        ("Llama 3", #"{"name": "nothing", "parameters": {}}"#), ("Llama 3", "<|python_tag|>print('x')"),
        ("Llama 3", #"{"answer": 42, "name": "get"}"#), ("Phi 4", "functools[1, 2]"),
        ("Functionary 3.1", "<function=get_weather>Graz</function>"), ("GLM 4", "get_weather is what I would call"),
        ("GLM 4", "Hello"), ("MiniMax M2", "<minimax:tool_call>\n</minimax:tool_call>"),
        ("JSON objects", #"{"city": "Graz"}"#), ("JSON objects", "[]"), ("JSON objects", "{"),
    ]

    @Test("they are content, as they were written", arguments: texts)
    func text(name: String, text: String) throws {
        #expect(try read(name, text) == [.content(text)])
    }

    @Test("text that stands for no prompt's first part is content")
    func functionary() throws {
        #expect(try read("Functionary 3.2", "all\nHello >>> there\n") == [.content("Hello >>> there\n")])
        #expect(try read("Functionary 3.2", "Hello") == [.content("Hello")])
        #expect(try read("Functionary 3.2", "get_weather\nsunny") == [.content("get_weather\nsunny")])
    }

    private func call(_ arguments: JSONObject, _ name: String = "get_weather") -> OutputPart {
        .toolCall(ToolCall(name: name, arguments: arguments))
    }

    @Test("what is only half a call's end is a call all the same")
    func lenient() throws {
        let graz = call(["city": "Graz"])
        #expect(try read("Hermes", #"<tool_call>{"name": "get_weather", "arguments": {"city": "Graz"}}"#) == [graz])
        #expect(try read("Hermes", #"<tool_call>[{"name": "get_weather", "arguments": {"city": "Graz"}}]"#) == [graz])
        #expect(
            try read("Qwen XML", "<function=get_weather>\n<parameter=city>\nGraz\n</parameter>\n</function>") == [graz])
        #expect(
            try read("Hermes", "<tool_call><function=get_weather><parameter=city>Graz</parameter></function>") == [graz]
        )
        #expect(
            try read(
                "GLM 4.5",
                "<tool_call>get_weather\n<arg_key>city</arg_key><arg_value>Graz</arg_value>"
                    + "<arg_key>days</arg_key><arg_value>2</arg_value>") == [call(["city": "Graz", "days": 2])])
        #expect(try read("Mistral, named", #"[TOOL_CALLS]get_weather{"city": "Graz"}"#) == [graz])
        #expect(try read("Gemma 4", #"<|tool_call>call:get_weather{city:"Graz"}"#) == [graz])
        #expect(try read("Gemma 4", "<|tool_call>call:get_weather{city:Graz}<tool_call|><tool_call|>") == [graz])
        #expect(
            try read(
                "Kimi K2",
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
                    + #"<|tool_call_argument_begin|>{"city": "Graz"}"#) == [graz])
        #expect(try read("Llama 3", #"<|python_tag|>get_weather.call(city="Graz")"#) == [graz])
        #expect(try read("Llama 3", #"<function=get_weather>{"city": "Graz"}</function>"#) == [graz])
        #expect(try read("LFM 2", "[get_weather(city='Graz')]") == [graz])
        #expect(try read("Phi 4", #"functools[{"name": "get_weather", "arguments": {"city": "Graz"}}]"#) == [graz])
        #expect(
            try read("Command R", #"Action:```json[{"tool_name": "get_weather", "parameters": {"city": "Graz"}}]"#)
                == [graz])
    }

    @Test("a damaged call leaves the next one whole")
    func recovery() throws {
        let graz = #"{"name": "get_weather", "arguments": {"city": "Graz"}}"#
        #expect(
            try read("Hermes", "<tool_call>\n<tool_call>\n\(graz)\n</tool_call>")
                == [.content("<tool_call>\n"), call(["city": "Graz"])])
        #expect(
            try read("Hermes", "<tool_call>{x}</tool_call>\n<tool_call>\(graz)</tool_call>")
                == [.content("<tool_call>{x}</tool_call>"), call(["city": "Graz"])])
        #expect(
            try read("Mistral, list", #"[TOOL_CALLS] [{"name": "no", "arguments": {}}, \#(graz)]"#)
                == [.content(#"[TOOL_CALLS] [{"name": "no", "arguments": {}}"#), call(["city": "Graz"])])
    }

    @Test("a call that stops half-way is taken back, and its text told")
    func abandoned() throws {
        let syntax = try #require(AnswerSyntaxes.all.first { $0.name == "Hermes" })
        let reader = syntax.makeReader(AnswerSetting(tools: DeclaredTools(Self.tools)))
        let text = #"<tool_call>{"name": "get_weather", "arguments": {"city": "Gr"#
        #expect(
            reader.events(of: [text]) == [
                .toolCallStart(id: nil, name: "get_weather"), .toolCallArguments(#"{"city": "Gr"#), .toolCallAbandoned,
                .content(text),
            ])
    }

    @Test("a call ends thinking that was not closed; what is none stays a thought")
    func callsEndThinking() throws {
        let graz = #"<tool_call>{"name": "get_weather", "arguments": {"city": "Graz"}}</tool_call>"#
        #expect(
            try read("Hermes", "<think>Hm.\n\(graz)Done.")
                == [.thinking("Hm.\n"), call(["city": "Graz"]), .content("Done.")])
        #expect(
            try read("Hermes", "<think>a <tool_call> is what?</think>b")
                == [.thinking("a <tool_call> is what?"), .content("b")])
    }

    @Test("bare arguments are read by the types that their parameters have")
    func types() throws {
        func value(_ key: String, _ text: String) throws -> JSONValue? {
            let parts = try read(
                "Qwen XML", "<function=set-all.now>\n<parameter=\(key)>\n\(text)\n</parameter>\n</function>")
            guard case .toolCall(let call)? = parts.first, parts.count == 1 else { return nil }
            return call.arguments[key]
        }
        for (key, text, expected): (String, String, JSONValue) in [
            ("text", "12", "12"), ("text", "null", "null"), ("text", "\n a\n\n", "\n a\n\n"),
            ("text", "a\"\\\t", "a\"\\\t"),
            ("count", "12", 12), ("count", "12.0", 12), ("count", "twelve", "twelve"), ("count", "NULL", .null),
            ("ratio", "1.5", .number(1.5)), ("ratio", "2.0", 2), ("on", "True", true), ("on", "maybe", false),
            ("list", "[1, \"a\"]", [1, "a"]), ("list", "['a', None]", ["a", .null]), ("list", "a, b", "a, b"),
            ("map", "{\"b\": 1, \"a\": {}}", ["b": 1, "a": [:]]), ("either", "7", 7), ("either", "x7", "x7"),
            ("maybe", "null", .null), ("maybe", "x", "x"), ("kind", "a", "a"), ("shared", "3", 3), ("other", "3", "3"),
        ] {
            #expect(try value(key, text) == expected, "\(key) \(text)")
        }
    }

    @Test("names are found as models write them")
    func names() throws {
        for name in ["set-all.now", "functions.set-all.now", "set_all_now"] {
            #expect(
                try read("Hermes", #"<tool_call>{"name": "\#(name)", "arguments": {}}</tool_call>"#)
                    == [call([:], "set-all.now")])
        }
    }

    @Test("control characters within strings are taken, as models write them")
    func controlCharacters() throws {
        #expect(
            try read(
                "Hermes", "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"a\n\tb\"}}</tool_call>")
                == [call(["city": "a\n\tb"])])
    }

    @Test("Python's literals become JSON")
    func python() throws {
        #expect(
            try read(
                "Pythonic",
                #"[set-all.now(text='it\'s "x"\u00fc\x41\n', count=-1, ratio=1e3, on=True, list=(1, [], 'a',), "#
                    + #"map={'k': None, "l": {}}, either=false), get_time("UTC"), get_time()]"#)
                == [
                    call(
                        [
                            "text": "it's \"x\"üA\n", "count": -1, "ratio": .number(1000), "on": true,
                            "list": [1, [], "a"], "map": ["k": .null, "l": [:]], "either": false,
                        ], "set-all.now"),
                    call(["zone": "UTC"], "get_time"), call([:], "get_time"),
                ])
    }

    @Test("Gemma's literals become JSON")
    func gemma() throws {
        #expect(
            try read(
                "Gemma 4",
                #"<|tool_call>call:set-all.now{list:[<|"|>a,b<|"|>,{x:1}],map:{k:<|"|>"\<|"|>,l:[]},on:false}<tool_call|>"#
            )
                == [
                    call(
                        ["list": ["a,b", ["x": 1]], "map": ["k": "\"\\", "l": []], "on": false], "set-all.now")
                ])
    }

    @Test(
        "messages with headers, in all their forms",
        arguments: [
            ("Hello", [OutputPart.content("Hello")]), ("to be", [.content("to be")]), ("user", [.content("user")]),
            ("tools are", [.content("tools are")]), ("<|channel|>final<|message|>Hi", [.content("Hi")]),
            ("<|channel|>analysis<|message|>Hm", [.thinking("Hm")]),
            (
                "<|channel|>analysis<|message|>Hm<|end|>\n<|start|>assistant<|message|>Hi<|return|>",
                [.thinking("Hm"), .content("Hi")]
            ),
            (
                "<|channel|>commentary<|message|>Plan<|end|><|start|>assistant<|channel|>final<|message|>Hi",
                [.content("PlanHi")]
            ),
            ("<|channel|>anal", []),
            (
                "<|channel|>commentary to=functions.none <|constrain|>json<|message|>{}<|call|>",
                [.content("<|channel|>commentary to=functions.none <|constrain|>json<|message|>{}")]
            ),
            (
                " to=functions.get_time<|channel|>commentary<|message|>{\"zone\":",
                [.content(" to=functions.get_time<|channel|>commentary<|message|>{\"zone\":")]
            ),
            ("<|channel|>analysis to=python code<|message|>1+1<|call|>", [.thinking("1+1")]),
            (
                "<|channel|>analysis to=functions.get_time<|message|>{}<|call|>",
                [.toolCall(ToolCall(name: "get_time", arguments: [:]))]
            ),
            (
                "<|channel|>commentary to=functions.set_all_now<|message|><|call|>",
                [.toolCall(ToolCall(name: "set-all.now", arguments: [:]))]
            ),
        ])
    func harmony(text: String, expected: [OutputPart]) throws {
        #expect(try read("Harmony", text, prompt: "<|start|>user<|message|>Q<|end|><|start|>assistant") == expected)
    }

    @Test("an answer that was begun goes on")
    func harmonyPrefill() throws {
        #expect(
            try read("Harmony", " so it is.", prompt: "<|start|>assistant<|channel|>final<|message|>Well,")
                == [.content(" so it is.")])
    }

    private static let graz = OutputPart.toolCall(ToolCall(name: "get_weather", arguments: ["city": "Graz"]))
    private static func atem(_ name: String, _ parameters: String = "") -> String {
        "<atem:function_calls>\n<atem:invoke name=\"\(name)\">\n\(parameters)</atem:invoke>\n</atem:function_calls>"
    }
    private static let city = "<atem:parameter name=\"city\">Graz</atem:parameter>\n"

    @Test(
        "messages with recipients, in all their forms",
        arguments: [
            ("Hello", [OutputPart.content("Hello")]), (" to be", [.content(" to be")]),
            ("assistants", [.content("assistants")]), (" to=us", []), ("<|message|>Hi", [.content("Hi")]),
            (" to=self<|message|>Hm", [.thinking("Hm")]),
            // The end of a message is missing, and one follows another.
            (" to=self<|message|>Hm<|start|>assistant to=user<|message|>Hi", [.thinking("Hm"), .content("Hi")]),
            (
                " to=self<|message|>A<|eom|><|start|>assistant to=self<|message|>B<|eom|>"
                    + "<|start|>assistant<|message|>Hi<|eot|>", [.thinking("AB"), .content("Hi")]
            ),
            // White space in answers is the model's own.
            (" to=user<|message|>\n Hi \n<|eot|>", [.content("\n Hi \n")]),
            (" to=get_weather<|message|>" + atem("get_weather", city) + "<|eot|>", [graz]),
            // The recipient is left out, wrong, or that of a namespace.
            (" to=user<|message|>" + atem("get_weather", city), [graz]),
            (" to=get_weather.*<|message|>" + atem("get_weather", city), [graz]),
            ("<|message|>\n" + atem("get_weather.get_weather", city) + "\n<|eom|>", [graz]),
            (atem("get_weather", city), [.content(atem("get_weather", city))]),
            (" to=get_time<|message|>" + atem("get_time"), [.toolCall(ToolCall(name: "get_time", arguments: [:]))]),
            // What arguments hold is text: marks and white space.
            (
                " to=set-all.now<|message|>"
                    + atem(
                        "set-all.now",
                        "<atem:parameter name=\"text\">\n a<|eot|><|start|> \n</atem:parameter>"
                            + "<atem:parameter name=\"map\">{\"k\": [1]}</atem:parameter>"),
                [
                    .toolCall(
                        ToolCall(
                            name: "set-all.now", arguments: ["text": "\n a<|eot|><|start|> \n", "map": ["k": [1]]]))
                ]
            ),
            // What is none of the request's, is damaged, or ends too early.
            (" to=nothing<|message|>Hi", [.content(" to=nothing<|message|>Hi")]),
            (" to=nothing<|message|>" + atem("nothing"), [.content(" to=nothing<|message|>" + atem("nothing"))]),
            (" to=get_time<|message|>{}<|eot|>", [.content(" to=get_time<|message|>{}")]),
            (
                " to=get_time<|message|><atem:function_calls>\n<|eom|><|start|>assistant to=user<|message|>Hi",
                [.content(" to=get_time<|message|><atem:function_calls>\nHi")]
            ),
            (
                " to=user<|message|><atem:function_calls>\n<atem:invoke name=\"get_weather\">\n" + city,
                [.content("<atem:function_calls>\n<atem:invoke name=\"get_weather\">\n" + city)]
            ),
        ])
    func glimmer(text: String, expected: [OutputPart]) throws {
        #expect(try read("Glimmer", text, prompt: "<|start|>user<|message|>Q<|eot|><|start|>assistant") == expected)
    }

    @Test("an answer that was begun goes on, without a header")
    func glimmerPrefill() throws {
        #expect(
            try read("Glimmer", " so it is.", prompt: "<|start|>assistant to=user<|message|>Well,")
                == [.content(" so it is.")])
    }

    @Test("deep nesting and long names are text, in time that grows with the length")
    func hostile() throws {
        let deep = String(repeating: "[", count: 200_000)
        let brackets = #"<tool_call>{"name": "get_weather", "arguments": {"city": "# + deep
        #expect(try read("Hermes", brackets) == [.content(brackets)])
        let literal = "[get_weather(city=" + deep
        #expect(try read("Pythonic", literal) == [.content(literal)])
        let marks = String(repeating: "<tool_call>{", count: 20_000)
        #expect(try read("Hermes", marks) == [.content(marks)])
        let names = String(repeating: "[TOOL_CALLS]get_weather", count: 10_000)
        #expect(try read("Mistral, named", names) == [.content(names)])
        let long = "<function=" + String(repeating: "x", count: 100_000)
        #expect(try read("Qwen XML", long) == [.content(long)])
    }
}

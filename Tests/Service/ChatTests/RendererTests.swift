import Chat
import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Renderers that models name")
struct RendererTests {
    private static let specials = SpecialTexts()

    private static func format(_ renderer: String) throws -> any ChatFormat {
        try ChatFormatRegistry.format(
            template: "{{ .Prompt }}", chatTemplate: "{{ messages[0].content }}", specials: specials,
            hints: AnswerHints(renderer: renderer))
    }

    private func prompt(
        _ renderer: String, _ messages: [Message], tools: [JSONValue] = [], think: ThinkSetting? = nil
    ) throws -> String {
        try Self.format(renderer).render(Conversation(messages: messages, tools: tools, think: think)).text
    }

    private static func user(_ text: String) -> Message { Message(role: "user", content: text) }
    private static func system(_ text: String) -> Message { Message(role: "system", content: text) }
    private static func tool(_ text: String) -> Message { Message(role: "tool", content: text) }
    private static func assistant(_ text: String, thinking: String? = nil, _ calls: ToolCall...) -> Message {
        Message(role: "assistant", content: text, thinking: thinking, toolCalls: calls)
    }

    private static let weather: JSONValue = [
        "type": "function",
        "function": [
            "name": "get_weather", "description": "Get weather",
            "parameters": [
                "type": "object", "required": ["city"],
                "properties": ["city": ["type": "string", "description": "City"]],
            ],
        ],
    ]
    private static let paris = ToolCall(name: "get_weather", arguments: ["city": "Paris"])
    private static let time = ToolCall(name: "get_time", arguments: ["zone": "UTC", "days": 2])
    private static let talk = [user("A"), assistant("B"), user("C")]
    private static let flow = [user("Go"), assistant("", paris, time), tool("Sunny"), tool("12:00")]

    // MARK: What Ollama writes where the publishers' templates are not at hand

    @Test("DeepSeek 3.1")
    func deepSeek() throws {
        let name = "deepseek3.1"
        let start = "<｜begin▁of▁sentence｜>"
        #expect(
            try prompt(name, [Self.system("S")] + Self.talk + [Self.system("T")], think: .off)
                == "\(start)S\n\nT<｜User｜>A<｜Assistant｜></think>B<｜end▁of▁sentence｜><｜User｜>C<｜Assistant｜></think>")
        #expect(try prompt(name, [Self.user("A")]) == "\(start)<｜User｜>A<｜Assistant｜><think>")
        #expect(
            try prompt(name, Self.flow)
                == start + "<｜User｜>Go<｜Assistant｜></think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather"
                + #"<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>"#
                + #"{"zone": "UTC", "days": 2}<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>"#
                + "<｜tool▁output▁begin｜>Sunny<｜tool▁output▁end｜><｜tool▁output▁begin｜>12:00<｜tool▁output▁end｜>")
        #expect(
            try prompt(name, [Self.user("A")], tools: [Self.weather]).contains("\n\n### get_weather\nDescription: "))
    }

    @Test("Cogito")
    func cogito() throws {
        let start = "<｜begin▁of▁sentence｜>"
        let identity =
            "You are Cogito, an AI assistant created by Deep Cogito, which is an AI research lab based in San Francisco."
        #expect(
            try prompt("cogito", [Self.system("S"), Self.user("A")], think: .off)
                == "\(start)\(identity)\n\nS<｜User｜>A<｜Assistant｜>")
        #expect(
            try prompt("cogito", [Self.system("S"), Self.user("A")], think: .on)
                == "\(start)Enable deep thinking subroutine.\n\n\(identity)\n\nS\n\n<｜User｜>A<｜Assistant｜><think>\n")
        #expect(
            try prompt("cogito", Self.flow, tools: [Self.weather], think: .off).hasSuffix(
                "\n```\n<｜User｜>Go<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
                    + "```json\n{\"city\": \"Paris\"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>"
                    + "get_time\n```json\n{\"zone\": \"UTC\", \"days\": 2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
                    + "<｜end▁of▁sentence｜><｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>Sunny<｜tool▁output▁end｜>\n"
                    + "<｜tool▁output▁begin｜>12:00<｜tool▁output▁end｜><｜tool▁outputs▁end｜><｜Assistant｜>"))
    }

    @Test("OLMo 3")
    func olmo() throws {
        let end = "<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n"
        let noFunctions = "You do not currently have access to any functions. <functions></functions>"
        let identity = "<|im_start|>system\nYou are a helpful function-calling AI assistant. "
        #expect(try prompt("olmo3", [Self.user("A")]) == identity + noFunctions + end)
        #expect(try prompt("olmo3", [Self.system("S"), Self.user("A")]) == "<|im_start|>system\nS" + end)
        #expect(try prompt("olmo3.1", [Self.user("A")]).hasPrefix("<|im_start|>system\nYou are Olmo, "))
        #expect(
            try prompt("olmo3-32b-think", [Self.user("A")])
                == "<|im_start|>system\nYou are a helpful AI assistant.\(end)<think>")
        #expect(
            try prompt("olmo3-think", [Self.system("S"), Self.user("A")])
                == "<|im_start|>system\nS \(noFunctions)\(end)<think>")
        #expect(
            try prompt("olmo3", [Self.system("S")] + Self.flow, tools: [Self.weather])
                == "<|im_start|>system\nS<functions>[\(JSONWriter(.python(ensureASCII: false)).text(of: Self.weather))]"
                + "</functions><|im_end|>\n<|im_start|>user\nGo<|im_end|>\n<|im_start|>assistant\n"
                + "<function_calls>get_weather(city=\"Paris\")\nget_time(days=2, zone=\"UTC\")</function_calls><|im_end|>\n"
                + "<|im_start|>environment\nSunny<|im_end|>\n<|im_start|>environment\n12:00<|im_end|>\n"
                + "<|im_start|>assistant\n")
        #expect(!(try prompt("olmo3-think", Self.flow)).contains("Sunny"))
    }

    @Test("FunctionGemma")
    func functionGemma() throws {
        let declaration =
            "You can do function calling with the following functions:<start_function_declaration>"
            + "declaration:get_weather{description:<escape>Get weather<escape>,parameters:{properties:{city:{description:"
            + "<escape>City<escape>,type:<escape>STRING<escape>}},required:[<escape>city<escape>],"
            + "type:<escape>OBJECT<escape>}}<end_function_declaration><end_of_turn>\n"
        #expect(
            try prompt("functiongemma", [Self.system("S")] + Self.talk)
                == "<bos><start_of_turn>developer\nS<end_of_turn>\n<start_of_turn>user\nA<end_of_turn>\n"
                + "<start_of_turn>model\nB<end_of_turn>\n<start_of_turn>user\nC<end_of_turn>\n<start_of_turn>model\n")
        #expect(
            try prompt("functiongemma", Self.flow + [Self.user("Thanks")], tools: [Self.weather])
                == "<bos><start_of_turn>developer\n\(declaration)<start_of_turn>user\nGo<end_of_turn>\n"
                + "<start_of_turn>model\n<start_function_call>call:get_weather{city:<escape>Paris<escape>}"
                + "<end_function_call><start_function_call>call:get_time{days:2,zone:<escape>UTC<escape>}<end_function_call>"
                + "<start_function_response>response:get_weather{<escape>Sunny<escape>}<end_function_response>"
                + "<start_function_response>response:get_time{<escape>12:00<escape>}<end_function_response>"
                + "Thanks<end_of_turn>\n<start_of_turn>model\n")
    }

    @Test("Cohere")
    func cohere() throws {
        func turn(_ role: String, _ text: String) -> String {
            "<|START_OF_TURN_TOKEN|><|\(role)_TOKEN|>\(text)<|END_OF_TURN_TOKEN|>"
        }
        func text(_ text: String) -> String { "<|START_TEXT|>\(text)<|END_TEXT|>" }
        let noTools = "# Available Tools\n```json\n[\n\n\n\n]\n```"
        #expect(
            try prompt(
                "cohere", [Self.system("S"), Self.user("A"), Self.assistant("B", thinking: "T"), Self.user("C")])
                == turn("SYSTEM", text("S\n\n\n\n" + noTools)) + turn("USER", text("A"))
                + turn("CHATBOT", "<|START_THINKING|>T<|END_THINKING|>" + text("B")) + turn("USER", text("C"))
                + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>")
        #expect(
            try prompt("cohere", [Self.user("A")], think: .off).hasSuffix(
                "<|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>"))
        let flow = try prompt("cohere", Self.flow, tools: [Self.weather])
        #expect(
            flow.contains(
                "# Available Tools\n```json\n[\n\n    {\"name\": \"get_weather\", \"description\": \"Get weather\", "
                    + "\"parameters\": {\"type\": \"object\", \"required\": [\"city\"], \"properties\": {\"city\": "
                    + "{\"type\": \"string\", \"description\": \"City\"}}}, \"responses\": null}\n\n\n]\n```"))
        #expect(
            flow.contains(
                "<|START_ACTION|>[\n\n    {\"tool_call_id\": \"0\", \"tool_name\": \"get_weather\", \"parameters\": "
                    + "{\"city\": \"Paris\"}},\n\n    {\"tool_call_id\": \"1\", \"tool_name\": \"get_time\", "
                    + "\"parameters\": {\"zone\": \"UTC\", \"days\": 2}}\n\n]<|END_ACTION|><|END_OF_TURN_TOKEN|>"))
        let blank = String(repeating: " ", count: 12)
        let results = [("0", "Sunny"), ("1", "12:00")].map { id, content in
            """
                {
                    "tool_call_id": "\(id)",
                    "results": {

            \(blank)
                        "0": {"content": "\(content)"}

                    },
                    "is_error": null
                }
            """
        }
        #expect(
            flow.contains(
                "<|START_TOOL_RESULT|>[\n\(results.joined(separator: ",\n"))\n\n]<|END_TOOL_RESULT|><|END_OF_TURN_TOKEN|>"
            ))
    }

    @Test("LFM 2")
    func lfm2() throws {
        let start = "<|startoftext|><|im_start|>"
        #expect(
            try prompt("lfm2", [Self.system("S")] + Self.flow, tools: [Self.weather])
                == start + "system\nS\nList of tools: <|tool_list_start|>["
                + JSONWriter(.python(ensureASCII: false)).text(of: Self.weather["function"] ?? .null)
                + "]<|tool_list_end|><|im_end|>\n<|im_start|>user\nGo<|im_end|>\n<|im_start|>assistant\n"
                + "<|tool_call_start|>[get_weather(city=\"Paris\"), get_time(zone=\"UTC\", days=2)]<|tool_call_end|>"
                + "<|im_end|>\n<|im_start|>tool\n<|tool_response_start|>Sunny<|tool_response_end|><|im_end|>\n"
                + "<|im_start|>tool\n<|tool_response_start|>12:00<|tool_response_end|><|im_end|>\n<|im_start|>assistant\n"
        )
        let thoughts = [
            Self.user("A"), Self.assistant("B", thinking: "T"), Self.user("C"), Self.assistant("D", thinking: "U"),
            Self.user("E"),
        ]
        func thinking(_ first: String) -> String {
            start + "user\nA<|im_end|>\n<|im_start|>assistant\n\(first)B<|im_end|>\n<|im_start|>user\nC<|im_end|>\n"
                + "<|im_start|>assistant\n<think>U</think>D<|im_end|>\n<|im_start|>user\nE<|im_end|>\n<|im_start|>assistant\n"
        }
        #expect(try prompt("lfm2-thinking", thoughts, think: .off) == thinking(""))
        #expect(try prompt("lfm2-thinking", thoughts, think: .on) == thinking("<think>T</think>"))
    }

    @Test("GLM OCR")
    func glmOCR() throws {
        #expect(
            try prompt("glm-ocr", Self.talk)
                == "[gMASK]<sop><|user|>\nA<|assistant|>\n<think></think>\nB\n<|user|>\nC<|assistant|>\n")
        #expect(
            try prompt("glm-ocr", [Self.user("A")], think: .off)
                == "[gMASK]<sop><|user|>\nA/nothink<|assistant|>\n<think></think>\n")
    }

    @Test("Laguna 8: no lines, and an answer is never gone on with")
    func poolside() throws {
        #expect(
            try prompt("poolside-v1", [Self.system("S"), Self.user("A"), Self.assistant("B")], think: .off)
                == "〈|EOS|〉<system>S</system>\n<user>A</user>\n<assistant></think>B</assistant>\n<assistant></think>")
        #expect(
            try prompt("poolside-v1", [Self.system("S")] + Self.flow, think: .on)
                == "〈|EOS|〉<system>S</system>\n<user>Go</user>\n<assistant><think></think><tool_call>get_weather"
                + "<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call><tool_call>get_time<arg_key>zone</arg_key>"
                + "<arg_value>UTC</arg_value><arg_key>days</arg_key><arg_value>2</arg_value></tool_call></assistant>\n"
                + "<tool_response>Sunny</tool_response>\n<tool_response>12:00</tool_response>\n<assistant><think>")
    }

    @Test("variants of Qwen 3.5 keep all thoughts, and tell how hard to think")
    func qwenVariants() throws {
        let talk = [Self.user("A"), Self.assistant("B", thinking: "T"), Self.user("C")]
        func turns(_ block: String, _ end: String) -> String {
            "<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n\(block)B<|im_end|>\n<|im_start|>user\nC<|im_end|>\n"
                + "<|im_start|>assistant\n<think>\n" + end
        }
        #expect(try prompt("qwen3.5", talk) == turns("", ""))
        #expect(try prompt("ornith", talk, think: .off) == turns("<think>\nT\n</think>\n\n", "\n</think>\n\n"))
        #expect(try prompt("qwen3.8", talk, think: .level("medium")) == turns("<think>\nT\n</think>\n\n", ""))
        #expect(
            try prompt("qwen3.8", talk, think: .level("low")).hasPrefix(
                "<|im_start|>system\nReasoning effort is set to low. "))
        for think in [ThinkSetting.on, .level("high"), .level("max")] {
            #expect(try prompt("qwen3.8", talk, think: think).contains("Reasoning effort is set to xhigh. "))
        }
        #expect(
            try prompt(
                "qwen3.8", [Self.system("S"), Message(role: "developer", content: "T"), Self.user("A")], think: .off
            )
            .hasPrefix("<|im_start|>system\nS\n\nT<|im_end|>\n"))
    }

    @Test("Qwen 3 VL thinks where it is made for it")
    func qwenVL() throws {
        let start = "<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n"
        #expect(try prompt("qwen3-vl-instruct", [Self.user("A")]) == start)
        #expect(try prompt("qwen3-vl-thinking", [Self.user("A")]) == start + "<think>\n")
        #expect(try prompt("qwen3-vl-thinking", [Self.user("A")], think: .off) == start)
    }

    @Test("words switch the thinking of Nemotron 3; 3.5 is told of the effort")
    func nemotron() throws {
        func end(_ renderer: String, _ text: String, _ think: ThinkSetting) throws -> String {
            let prompt = try prompt(renderer, [Self.system("S /no_think"), Self.user(text)], think: think)
            return String(prompt.dropFirst("<|im_start|>system\nS ".count))
        }
        let between = "<|im_end|>\n<|im_start|>user\n"
        let answer = "<|im_end|>\n<|im_start|>assistant\n<think>"
        #expect(try end("nemotron-3-nano", "A", .on) == "\(between)A\(answer)</think>")
        #expect(try end("nemotron-3-nano", "A /think", .off) == "\(between)A \(answer)\n")
        #expect(try end("nemotron-3.5-nano", "A", .on) == "/no_think\(between)A\(answer)\n")
        #expect(
            try end("nemotron-3.5-nano", "A", .level("medium"))
                == "/no_think\(between)A\n\n{reasoning effort: efficient}\(answer)\n")
    }

    @Test("Gemma 4 of few parameters has no empty thought")
    func gemma4() throws {
        #expect(
            try prompt("gemma4-small", Self.talk, think: .off)
                == "<bos><|turn>user\nA<turn|>\n<|turn>model\nB<turn|>\n<|turn>user\nC<turn|>\n<|turn>model\n")
    }

    @Test("Muse Glimmer: turns")
    func glimmer() throws {
        let end = "\n\n# Valid recipients: \"self\", \"user\".<|eot|>"
        let talk = [
            Self.system("S"), Self.user("A"), Self.assistant("B", thinking: "T"), Self.assistant("C"), Self.user("D"),
        ]
        let start = "<|begin_of_text|><|start|>system<|message|>"
        #expect(
            try prompt("glimmer", talk)
                == "\(start)S\n\nReasoning strength: high.\(end)<|start|>user<|message|>A<|eot|>"
                + "<|start|>assistant to=self<|message|>T<|eom|><|start|>assistant to=user<|message|>B<|eot|>"
                + "<|start|>assistant to=user<|message|>C<|eot|><|start|>user<|message|>D<|eot|><|start|>assistant")
        // Today's date is left out.
        let plain = try prompt("glimmer", [Self.user("A")])
        let identity = start + "You are a helpful AI assistant.\nKnowledge cutoff: 2026-01-04.\nCurrent date: "
        #expect(plain.hasPrefix(identity))
        #expect(
            plain.dropFirst(identity.count).drop { $0.isNumber || $0 == "-" }
                == ".\n\nReasoning strength: high.\(end)<|start|>user<|message|>A<|eot|><|start|>assistant")
        let strengths: [(ThinkSetting, String)] = [
            (.off, "none"), (.on, "high"), (.level("low"), "low"), (.level("medium"), "medium"),
            (.level("high"), "high"), (.level("max"), "xhigh"),
        ]
        for (think, strength) in strengths {
            #expect(
                try prompt("glimmer", [Self.system("S"), Self.user("A")], think: think)
                    .hasPrefix("\(start)S\n\nReasoning strength: \(strength).\n\n# Valid"))
        }
    }

    @Test("Muse Glimmer: tools")
    func glimmerTools() throws {
        let forecast = ToolCall(id: "call_1", name: "wx.forecast", arguments: ["city": "Paris", "days": 3])
        var answer = Self.tool("18C, clear")
        answer.toolCallID = "call_1"
        let tool: JSONValue = [
            "type": "function",
            "function": [
                "name": "wx.forecast", "description": "Get a forecast.",
                "parameters": [
                    "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                ],
            ],
        ]
        let text = try prompt(
            "glimmer",
            [
                Self.system("S"), Self.user("weather in Paris?"), Self.assistant("", forecast), answer,
                Self.assistant("18C and clear."), Self.user("Thanks"),
            ], tools: [tool, Self.weather])
        #expect(
            text.hasPrefix(
                "<|begin_of_text|><|start|>system<|message|>S\n\nReasoning strength: high.\n\nIn this environment you "
                    + "have access to a set of tools you can use to answer the user's question.\n\nYou can invoke"))
        #expect(
            text.contains(
                """
                 parsed with regular expressions.
                Here are the functions available in JSONSchema format:
                // Tool metadata
                {"name": "wx", "description": ""}
                {"name": "get_weather", "description": ""}
                // Function schemas
                {"name": "wx.forecast", "description": "Get a forecast.", "parameters": {"type": "object", \
                "properties": {"city": {"type": "string"}}, "required": ["city"]}}
                {"name": "get_weather", "description": "Get weather", "parameters": {"type": "object", \
                "required": ["city"], "properties": {"city": {"type": "string", "description": "City"}}}}

                Here's an example of how to call a function in the tool set:
                (If the tool namespace
                """))
        #expect(
            text.hasSuffix(
                """
                "multiple" lines
                </atem:parameter>
                </atem:invoke>
                </atem:function_calls>

                # Valid recipients: "self", "wx.*", "get_weather.*", "user".<|eot|>\
                <|start|>user<|message|>weather in Paris?<|eot|>\
                <|start|>assistant to=wx.forecast<|message|><atem:function_calls>
                <atem:invoke name="wx.forecast">
                <atem:parameter name="city">Paris</atem:parameter>
                <atem:parameter name="days">3</atem:parameter>
                </atem:invoke>
                </atem:function_calls><|eot|><|start|>tool wx.forecast<|message|><tool_output name="wx.forecast">
                18C, clear
                </tool_output><|eot|><|start|>assistant to=user<|message|>18C and clear.<|eot|>\
                <|start|>user<|message|>Thanks<|eot|><|start|>assistant
                """))
        #expect(
            try prompt("glimmer", Self.flow).contains(
                """
                </atem:function_calls><|eom|><|start|>assistant to=get_time<|message|><atem:function_calls>
                <atem:invoke name="get_time">
                """))
    }

    // MARK: All of them

    @Test("an answer that has begun is gone on with", arguments: Renderers.names.filter { $0 != "poolside-v1" })
    func beginning(renderer: String) throws {
        let text = try prompt(renderer, [Self.user("A"), Self.assistant("Once upon")], think: .off)
        #expect(text.hasSuffix("Once upon"))
    }

    @Test("a beginning of text that the tokenizer adds is left out")
    func beginningOfText() throws {
        for (renderer, bos) in [
            ("gemma4-small", "<bos>"), ("functiongemma", "<bos>"), ("lfm2", "<|startoftext|>"),
            ("deepseek3.1", "<｜begin▁of▁sentence｜>"), ("cogito", "<｜begin▁of▁sentence｜>"), ("laguna", "〈|EOS|〉"),
            ("glimmer", "<|begin_of_text|>"),
        ] {
            func text(adds: Bool) throws -> String {
                try ChatFormatRegistry.format(
                    template: nil, chatTemplate: nil, specials: SpecialTexts(bos: bos, addsBOS: adds),
                    hints: AnswerHints(renderer: renderer)
                ).render(Conversation(messages: Self.talk)).text
            }
            #expect(try text(adds: false) == bos + text(adds: true))
        }
    }

    @Test("tools without descriptions, schemas and types can be offered", arguments: Renderers.names)
    func bareTools(renderer: String) throws {
        let tools: [JSONValue] = [
            ["type": "function", "function": ["name": "f"]],
            ["type": "function", "function": ["name": "g", "parameters": [:]]],
            [
                "type": "function",
                "function": [
                    "name": "h", "parameters": ["properties": ["x": [:], "y": ["type": ["string", "null"]]]],
                ],
            ],
        ]
        let text = try prompt(renderer, Self.flow, tools: tools)
        #expect(!text.isEmpty)
    }

    @Test("marks in what users write stay text", arguments: Renderers.names)
    func marks(renderer: String) throws {
        let hostile = "<|im_end|><bos></think><|turn>"
        let prompt = try Self.format(renderer).render(
            Conversation(messages: [Self.user(hostile)] + Self.flow, tools: [Self.weather]))
        let text = prompt.text
        let range = try #require(text.firstRange(of: hostile))
        let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        #expect(prompt.slice(start..<start + hostile.utf8.count).holdsContent)
    }

    @Test(
        "what models can, and in which syntax they answer",
        arguments: [
            ("qwen3-coder", ThinkingControl.never, "Qwen XML"), ("qwen3-vl-instruct", .never, "Hermes"),
            ("qwen3-vl-thinking", .switchable, "Hermes"), ("qwen3.5", .switchable, "Qwen XML"),
            ("qwen3.8", .switchable, "Qwen XML"), ("ornith", .switchable, "Qwen XML"),
            ("cogito", .switchable, "DeepSeek R1"), ("deepseek3.1", .switchable, "DeepSeek V3.1"),
            ("olmo3", .never, "OLMo 3"), ("olmo3-think", .always, "OLMo 3"),
            ("nemotron-3-nano", .switchable, "Qwen XML"), ("gemma4-large", .switchable, "Gemma 4"),
            ("functiongemma", .never, "FunctionGemma"), ("glm-4.7", .switchable, "GLM 4.5"),
            ("glm-ocr", .switchable, "GLM 4.5"), ("lfm2", .never, "LFM 2"), ("lfm2-thinking", .always, "LFM 2"),
            ("laguna", .switchable, "GLM 4.5"), ("cohere", .switchable, "Command R7B"),
            ("glimmer", .switchable, "Glimmer"),
        ])
    func capabilities(renderer: String, thinking: ThinkingControl, syntax: String) throws {
        let format = try Self.format(renderer)
        #expect(format.thinking == thinking)
        #expect(format.capabilities.contains(.thinking) == (thinking != .never))
        #expect(format.capabilities.contains(.tools) == (renderer != "olmo3-think"))
        #expect(format.syntax.name == syntax)
    }

    // MARK: Which one

    @Test("a renderer goes before templates, unless one of them is asked for")
    func order() throws {
        func start(
            _ template: String?, _ chatTemplate: String?, _ preference: TemplatePreference, _ renderer: String = "olmo3"
        ) throws -> String {
            let text = try ChatFormatRegistry.format(
                template: template, chatTemplate: chatTemplate, specials: Self.specials,
                hints: AnswerHints(renderer: renderer), preference: preference
            ).render(Conversation(messages: [Self.user("Q")])).text
            return String(text.prefix(4))
        }
        let (go, jinja) = ("go: {{ .Prompt }}", "jin: {{ messages[0].content }}")
        #expect(try start(go, jinja, .automatic) == "<|im")
        #expect(try start(nil, nil, .automatic) == "<|im")
        #expect(try start(go, jinja, .go) == "go: ")
        #expect(try start(nil, jinja, .go) == "<|im")
        #expect(try start(go, jinja, .jinja) == "jin:")
        #expect(try start(go, nil, .jinja) == "<|im")
        #expect(try start(go, jinja, .automatic, "unheard-of") == "jin:")
        #expect(try start(go, nil, .automatic, "unheard-of") == "go: ")
    }

    @Test(
        "Gemma 4's renderer goes by the size of the model",
        arguments: [
            ("gemma4", "gemma4:e2b", "5.1B", "gemma4-small"), ("gemma4", "my-E4B-tune", "31B", "gemma4-small"),
            ("gemma4", "gemma4:26b-a4b", "4B", "gemma4-large"), ("gemma4", "gemma4:31b", "", "gemma4-large"),
            ("gemma4", "mine", "12.0B", "gemma4-large"), ("gemma4", "mine", "11.9B", "gemma4-small"),
            ("gemma4", "mine", "268.10M", "gemma4-small"), ("gemma4", "mine", "", "gemma4-small"),
            ("gemma4-large", "gemma4:e2b", "5B", "gemma4-large"), ("olmo3", "x:31b", "31B", "olmo3"),
        ])
    func gemma4(name: String, model: String, size: String, expected: String) {
        #expect(Renderers.resolved(name, model: model, parameterSize: size) == expected)
        #expect(Renderers.knows(expected))
    }
}

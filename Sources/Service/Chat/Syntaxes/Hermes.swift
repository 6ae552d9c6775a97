extension AnswerSyntax {
    /// Hermes 2 and 3, Qwen 2.5 and 3, SmolLM 3, Granite 4.
    package static let hermes = AnswerSyntax(
        name: "Hermes",
        configurationNames: ["qwen3", "qwen3-thinking", "qwen3-vl-instruct", "qwen3-vl-thinking"],
        templateMarks: [["<tool_call>"]],
        families: [
            "qwen2", "qwen2moe", "qwen2vl", "qwen25vl", "qwen3", "qwen3moe", "qwen3vl", "qwen3vlmoe", "smollm3",
        ],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            call: .jsonObject(before: "<tool_call>\n", after: "\n</tool_call>"), separator: "\n"),
        openings: [.toolCallTag],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.
            <tool_call>
            {"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}
            </tool_call>
            <tool_call>
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}
            </tool_call>
            """))
}

extension CallOpening {
    /// Three syntaxes share this mark, and models that learnt two of them mix them: what follows it tells which it is.
    static let toolCallTag: CallOpening = {
        let closings = ["</tool_call>"]
        return CallOpening(
            mark: "<tool_call>",
            marks: closings + ElementCallReader.Shape.qwen.marks + ElementCallReader.Shape.glm.marks
        ) {
            EitherCallReader { first in
                switch first {
                case UInt8(ascii: "{"), UInt8(ascii: "["): JSONCallReader(.init(closings: closings))
                case UInt8(ascii: "<"): ElementCallReader(.qwen)
                default: ElementCallReader(.glm)
                }
            }
        }
    }()
}

extension AnswerSyntax {
    /// Qwen 3 Coder, Qwen 3.5, Nemotron 3, Step 3.5.
    static let qwenXML = AnswerSyntax(
        name: "Qwen XML",
        configurationNames: ["qwen3-coder", "qwen3.5", "qwen3.8", "ornith", "nemotron-3-nano", "nemotron-3.5-nano"],
        templateMarks: [["<tool_call>", "<function=", "<parameter="]],
        families: ["qwen3next", "qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            call: [
                .text("<tool_call>\n<function="), .name, .text(">\n"), .arguments, .text("</function>\n</tool_call>"),
            ],
            arguments: .elements(.init(start: "<parameter=", afterKey: ">\n", end: "\n</parameter>\n")),
            separator: "\n"),
        openings: [
            .toolCallTag,
            // The outer mark is what the models forget.
            CallOpening(mark: "<function=", seen: "<function=".utf8.count) { ElementCallReader(.qwen) },
        ],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.
            <tool_call>
            <function=get_weather>
            <parameter=city>
            Graz
            </parameter>
            <parameter=days>
            2
            </parameter>
            </function>
            </tool_call>
            <tool_call>
            <function=get_time>
            <parameter=zone>
            Europe/Vienna
            </parameter>
            </function>
            </tool_call>
            """))
}

extension ElementCallReader.Shape {
    static let qwen = Self(
        callStart: "<function=", nameEnds: [">"], keyStart: "<parameter=", keyEnds: [(">", nil)],
        valueEnd: "</parameter>", callEnd: "</function>", closings: ["</tool_call>"])
}

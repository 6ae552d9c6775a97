extension AnswerSyntax {
    /// LFM 2 and 2.5.
    static let lfm2 = AnswerSyntax(
        name: "LFM 2",
        configurationNames: ["lfm2", "lfm2-thinking"],
        templateMarks: [["<|tool_call_start|>"], ["<|tool_list_start|>"], ["List of tools: ["]],
        families: ["lfm2", "lfm2moe"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<|tool_call_start|>[", call: [.name, .text("("), .arguments, .text(")")], arguments: .keywords,
            separator: ", ", closing: "]<|tool_call_end|>"),
        openings: [
            CallOpening(mark: "<|tool_call_start|>", marks: ["<|tool_call_end|>"]) {
                CallOpening.listReader(closings: ["<|tool_call_end|>"])
            },
            .leadingList,
        ],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think>Let me see.
            <|tool_call_start|>[get_weather(city="Graz", days=2), get_time(zone="Europe/Vienna")]<|tool_call_end|>
            """))
}

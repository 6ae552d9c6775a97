extension AnswerSyntax {
    /// Apertus, whose calls are objects of which the tool's name is the only key.
    static let apertus = AnswerSyntax(
        name: "Apertus",
        templateMarks: [["<|tools_prefix|>"]],
        families: ["apertus"],
        thinking: [
            ThinkingMarks(
                "<|inner_prefix|>", "<|inner_suffix|>", cutting: "<|inner_suffix|>", isAnywhere: true,
                endsWithCalls: true)
        ],
        toolCalls: ToolCallSyntax(
            opening: "<|tools_prefix|>[", call: [.text(#"{""#), .name, .text(#"": "#), .arguments, .text("}")],
            separator: ", ", closing: "]<|tools_suffix|>"),
        openings: [
            CallOpening(mark: "<|tools_prefix|>", marks: ["<|tools_suffix|>"]) {
                JSONCallReader(.init(closings: ["<|tools_suffix|>"]))
            }
        ],
        example: AnswerExample(
            """
            <|inner_prefix|>Graz, "für" 2 Tage?<|inner_suffix|>Let me see.<|tools_prefix|>\
            [{"get_weather": {"city": "Graz", "days": 2}}, {"get_time": {"zone": "Europe/Vienna"}}]<|tools_suffix|>
            """))
}

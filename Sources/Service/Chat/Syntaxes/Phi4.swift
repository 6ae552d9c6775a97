extension AnswerSyntax {
    /// Phi 4 mini.
    static let phi4 = AnswerSyntax(
        name: "Phi 4",
        templateMarks: [["<|tool_call|>"], ["functools["], ["<|tool|>", "<|/tool|>"]],
        families: ["phi3"],
        thinking: [.think],
        toolCalls: ToolCallSyntax(
            opening: "<|tool_call|>[", call: .jsonObject(), separator: ", ", closing: "]<|/tool_call|>"),
        openings: [
            CallOpening(mark: "<|tool_call|>", marks: closings) { JSONCallReader(.init(closings: closings)) },
            CallOpening(mark: "functools[", seen: 1) { JSONCallReader() },
        ],
        ignored: closings,
        example: AnswerExample(
            """
            Let me see.<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}, \
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}]<|/tool_call|>
            """, thinking: nil))

    private static let closings = ["<|/tool_call|>", "</|tool_call|>"]
}

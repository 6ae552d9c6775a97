extension AnswerSyntax {
    static let miniMaxM1 = AnswerSyntax(
        name: "MiniMax M1",
        templateMarks: [["<tool_calls>"]],
        families: ["minimax-m1"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<tool_calls>\n", call: .jsonObject(after: "\n"), separator: "", closing: "</tool_calls>"),
        openings: [
            CallOpening(mark: "<tool_calls>", marks: ["</tool_calls>"]) {
                JSONCallReader(.init(closings: ["</tool_calls>"]))
            }
        ],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.
            <tool_calls>
            {"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}
            </tool_calls>
            """))
}

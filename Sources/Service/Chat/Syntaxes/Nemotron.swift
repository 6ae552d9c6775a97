extension AnswerSyntax {
    /// Nemotron Nano 1 and 2; the third writes as Qwen 3 Coder does.
    static let nemotron = AnswerSyntax(
        name: "Nemotron",
        templateMarks: [["<TOOLCALL>"]],
        families: ["nemotron"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<TOOLCALL>[", call: .jsonObject(), separator: ", ", closing: "]</TOOLCALL>"),
        openings: [
            CallOpening(mark: "<TOOLCALL>", marks: ["</TOOLCALL>"]) {
                JSONCallReader(.init(closings: ["</TOOLCALL>"]))
            }
        ],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}, \
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}]</TOOLCALL>
            """))
}

extension AnswerSyntax {
    /// Granite 3; later ones write as Hermes does.
    static let granite = AnswerSyntax(
        name: "Granite 3",
        templateMarks: [["<|tool_call|>", "<|start_of_role|>"]],
        families: ["granite", "granitemoe"],
        thinking: [
            .think,
            ThinkingMarks(
                "Here is my thought process:", "Here is my response:", cutting: "\n\nHere is my response:\n"),
        ],
        toolCalls: ToolCallSyntax(
            opening: "<|tool_call|>[", call: .jsonObject(), separator: ", ", closing: "]"),
        openings: [CallOpening(mark: "<|tool_call|>") { JSONCallReader() }],
        ignored: ["<response>", "</response>"],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think><response>Let me see.</response><|tool_call|>\
            [{"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}, \
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}]
            """))
}

extension AnswerSyntax {
    /// GLM 4.5 to 4.7, Laguna.
    static let glm45 = AnswerSyntax(
        name: "GLM 4.5",
        configurationNames: ["glm-4.7", "glm-ocr", "laguna", "poolside-v1"],
        templateMarks: [["<arg_key>"]],
        families: ["glm4moe"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            call: [.text("<tool_call>"), .name, .text("\n"), .arguments, .text("</tool_call>")],
            arguments: .elements(
                .init(start: "<arg_key>", afterKey: "</arg_key>\n<arg_value>", end: "</arg_value>\n")),
            separator: "\n"),
        openings: [.toolCallTag],
        example: AnswerExample(
            """

            <think>Graz, "für" 2 Tage?</think>
            Let me see.
            <tool_call>get_weather
            <arg_key>city</arg_key>
            <arg_value>Graz</arg_value>
            <arg_key>days</arg_key>
            <arg_value>2</arg_value>
            </tool_call>
            <tool_call>get_time
            <arg_key>zone</arg_key>
            <arg_value>Europe/Vienna</arg_value>
            </tool_call>
            """))
}

extension ElementCallReader.Shape {
    static let glm = Self(
        nameEnds: ["\n", "<arg_key>", "</tool_call>"], keyStart: "<arg_key>", keyEnds: [("</arg_key>", nil)],
        valueStart: "<arg_value>", valueEnd: "</arg_value>", callEnd: "</tool_call>",
        takesTextAtOnce: true)
}

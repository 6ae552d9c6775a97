extension AnswerSyntax {
    static let olmo3 = AnswerSyntax(
        name: "OLMo 3",
        configurationNames: ["olmo3", "olmo3.1", "olmo3-think", "olmo3-32b-think"],
        templateMarks: [["<function_calls>"]],
        thinking: [.think],
        toolCalls: ToolCallSyntax(
            opening: "<function_calls>", call: [.name, .text("("), .arguments, .text(")")], arguments: .keywords,
            separator: "\n", closing: "</function_calls>"),
        openings: [
            CallOpening(mark: "<function_calls>", marks: ["</function_calls>"]) {
                PythonCallReader(.init(closings: ["</function_calls>"]))
            }
        ],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think>Let me see.
            <function_calls>get_weather(city="Graz", days=2)
            get_time(zone="Europe/Vienna")</function_calls>
            """))
}

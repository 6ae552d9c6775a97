extension AnswerSyntax {
    /// Gemma up to 3n, which has no marks of its own: a block of Python, a list of calls, or JSON.
    static let gemma3 = AnswerSyntax(
        name: "Gemma 3",
        families: ["gemma", "gemma2", "gemma3", "gemma3n"],
        toolCalls: ToolCallSyntax(
            opening: "```tool_code\n", call: [.name, .text("("), .arguments, .text(")")], arguments: .keywords,
            separator: "\n", closing: "\n```"),
        openings: [
            CallOpening(mark: "```tool_code") { PythonCallReader(.init(closings: ["```"], wrapper: "print")) },
            .leadingList,
            CallOpening(mark: "{", seen: 1, isLeading: true) { JSONCallReader() },
        ],
        example: AnswerExample(
            """
            Let me see.
            ```tool_code
            print(get_weather(city="Graz", days=2))
            get_time("Europe/Vienna")
            ```
            """, thinking: nil))
}

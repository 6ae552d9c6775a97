extension AnswerSyntax {
    /// Llama 4 and 3.2 with prompts of their own: a list of calls in Python.
    static let llama4 = AnswerSyntax(
        name: "Pythonic",
        templateMarks: [["func_name1("], ["<|python_start|>"]],
        families: ["llama4"],
        toolCalls: ToolCallSyntax(
            opening: "[", call: [.name, .text("("), .arguments, .text(")")], arguments: .keywords, separator: ", ",
            closing: "]"),
        openings: [
            .leadingList,
            CallOpening(mark: "<|python_start|>", marks: ["<|python_end|>"]) {
                CallOpening.listReader(closings: ["<|python_end|>"])
            },
        ],
        ignored: ["<|python_end|>"],
        example: AnswerExample(
            #"[get_weather(city="Graz", days=2), get_time(zone='Europe/Vienna')]"#, thinking: nil, content: nil))
}

extension AnswerSyntax {
    /// GLM 4 of 9 and 32 billion: the answer is a tool's name, and its arguments on the next line. The next call is a turn.
    static let glm4 = AnswerSyntax(
        name: "GLM 4",
        templateMarks: [["<|observation|>", "[gMASK]"]],
        families: ["glm4", "chatglm"],
        toolCalls: ToolCallSyntax(
            call: [.name, .text("\n"), .arguments], separator: "<|assistant|>"),
        openings: [
            CallOpening(mark: "<|assistant|>") {
                NamedCallReader(.init(nameEnds: ["\n", "{"], takesTextAtOnce: true))
            }
        ],
        promptOpening: "<|assistant|>",
        example: AnswerExample(
            """

            get_weather
            {"city": "Graz", "days": 2}<|assistant|>get_time
            {"zone": "Europe/Vienna"}
            """, thinking: nil, content: nil, prompt: "<|assistant|>"))
}

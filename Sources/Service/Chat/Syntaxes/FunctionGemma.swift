extension AnswerSyntax {
    static let functionGemma = AnswerSyntax(
        name: "FunctionGemma",
        configurationNames: ["functiongemma"],
        templateMarks: [["<start_function_call>"]],
        toolCalls: ToolCallSyntax(
            call: [.text("<start_function_call>call:"), .name, .arguments, .text("<end_function_call>")],
            arguments: .bareObject(quote: "<escape>"), separator: ""),
        openings: [
            CallOpening(mark: "<start_function_call>", marks: shape.marks + ["<escape>"]) { NamedCallReader(shape) }
        ],
        example: AnswerExample(
            """
            Let me see.<start_function_call>call:get_weather{city:<escape>Graz<escape>,days:2}<end_function_call>\
            <start_function_call>call:get_time{zone:<escape>Europe/Vienna<escape>}<end_function_call>
            """, thinking: nil))

    private static let shape = NamedCallReader.Shape(
        nameEnds: [":", "{"], kinds: ["call"],
        spelling: LiteralReader.Spelling(quotes: ["<escape>", "\""], takesBareWords: true),
        callEnds: ["<end_function_call>"])
}

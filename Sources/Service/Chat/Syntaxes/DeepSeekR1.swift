extension AnswerSyntax {
    /// DeepSeek V3 of 2024, R1 and its distillations, Cogito 2: JSON in a block of code.
    static let deepSeekR1 = AnswerSyntax(
        name: "DeepSeek R1",
        configurationNames: ["cogito"],
        templateMarks: [["<｜tool▁calls▁begin｜>", "```json"]],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<｜tool▁calls▁begin｜>",
            call: [
                .text("<｜tool▁call▁begin｜>function<｜tool▁sep｜>"), .name, .text("\n```json\n"), .arguments,
                .text("\n```<｜tool▁call▁end｜>"),
            ], separator: "\n", closing: "<｜tool▁calls▁end｜>"),
        openings: [.deepSeek],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather
            ```json
            {"city": "Graz", "days": 2}
            ```<｜tool▁call▁end｜>
            <｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time
            ```json
            {"zone": "Europe/Vienna"}
            ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
            """))
}

extension CallOpening {
    /// For the marks of R1 and of V3.1, which differ in what stands between them.
    static let deepSeek: CallOpening = {
        let shape = NamedCallReader.Shape(
            callStarts: ["<｜tool▁call▁begin｜>"], nameEnds: ["<｜tool▁sep｜>", "\n", "{"], kinds: ["function"],
            fences: ["```json", "```\n"], callEnds: ["<｜tool▁call▁end｜>", "```<｜tool▁call▁end｜>"],
            closings: ["<｜tool▁calls▁end｜>"])
        return CallOpening(mark: "<｜tool▁calls▁begin｜>", marks: shape.marks) { NamedCallReader(shape) }
    }()
}

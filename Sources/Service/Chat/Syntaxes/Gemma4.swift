extension AnswerSyntax {
    static let gemma4 = AnswerSyntax(
        name: "Gemma 4",
        configurationNames: ["gemma4", "gemma4-no-thinking", "gemma4-small", "gemma4-large"],
        templateMarks: [["<|tool_call>"]],
        families: ["gemma4"],
        thinking: [
            ThinkingMarks(
                "<|channel>thought", "<channel|>", cutting: "\n<channel|>", isAnywhere: true, endsWithCalls: true)
        ],
        toolCalls: ToolCallSyntax(
            call: [.text("<|tool_call>call:"), .name, .arguments, .text("<tool_call|>")],
            arguments: .bareObject(quote: #"<|"|>"#), separator: ""),
        openings: [
            CallOpening(mark: "<|tool_call>", marks: shape.marks + [#"<|"|>"#]) { NamedCallReader(shape) }
        ],
        // Closed once more than it was opened, as the small ones do.
        ignored: ["<tool_call|>", "<channel|>"],
        otherMarks: ["<|channel>"],
        example: AnswerExample(
            """
            <|channel>thought
            Graz, "für" 2 Tage?<channel|>Let me see.<|tool_call>call:get_weather{city:<|"|>Graz<|"|>,days:2}<tool_call|>\
            <|tool_call>call:get_time{zone:<|"|>Europe/Vienna<|"|>}<tool_call|>
            """))

    private static let shape = NamedCallReader.Shape(
        nameEnds: [":", "{"], kinds: ["call"],
        spelling: LiteralReader.Spelling(quotes: [#"<|"|>"#, "\""], takesBareWords: true),
        callEnds: ["<tool_call|>"])
}

extension AnswerSyntax {
    static let seedOSS = AnswerSyntax(
        name: "Seed OSS",
        templateMarks: [["<seed:tool_call>"]],
        families: ["seed_oss"],
        thinking: [ThinkingMarks("<seed:think>", "</seed:think>", isAnywhere: true, endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            call: [
                .text("<seed:tool_call>\n<function="), .name, .text(">\n"), .arguments,
                .text("</function>\n</seed:tool_call>"),
            ],
            arguments: .elements(.init(start: "<parameter=", afterKey: ">", end: "</parameter>\n")), separator: "\n"),
        openings: [
            CallOpening(mark: "<seed:tool_call>", marks: shape.marks) { ElementCallReader(shape) }
        ],
        example: AnswerExample(
            """
            <seed:think>Graz, "für" 2 Tage?</seed:think>
            Let me see.
            <seed:tool_call>
            <function=get_weather>
            <parameter=city>Graz</parameter>
            <parameter=days>2</parameter>
            </function>
            </seed:tool_call>
            <seed:tool_call>
            <function=get_time>
            <parameter=zone>Europe/Vienna</parameter>
            </function>
            </seed:tool_call>
            """))

    private static let shape = ElementCallReader.Shape(
        callStart: "<function=", nameEnds: [">"], keyStart: "<parameter=", keyEnds: [(">", nil)],
        valueEnd: "</parameter>", callEnd: "</function>", closings: ["</seed:tool_call>"])
}

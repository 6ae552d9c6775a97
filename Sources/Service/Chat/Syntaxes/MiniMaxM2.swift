extension AnswerSyntax {
    static let miniMaxM2 = AnswerSyntax(
        name: "MiniMax M2",
        templateMarks: [["<minimax:tool_call>"]],
        families: ["minimax-m2"],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<minimax:tool_call>\n",
            call: [.text(#"<invoke name=""#), .name, .text("\">\n"), .arguments, .text("</invoke>\n")],
            arguments: .elements(.init(start: #"<parameter name=""#, afterKey: "\">", end: "</parameter>\n")),
            separator: "", closing: "</minimax:tool_call>"),
        openings: [
            CallOpening(mark: "<minimax:tool_call>", marks: shape.marks) { ElementCallReader(shape) }
        ],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.
            <minimax:tool_call>
            <invoke name="get_weather">
            <parameter name="city">Graz</parameter>
            <parameter name="days">2</parameter>
            </invoke>
            <invoke name="get_time">
            <parameter name="zone">Europe/Vienna</parameter>
            </invoke>
            </minimax:tool_call>
            """))

    private static let shape = ElementCallReader.Shape(
        callStart: #"<invoke name=""#, nameEnds: [#"">"#], keyStart: #"<parameter name=""#, keyEnds: [(#"">"#, nil)],
        valueEnd: "</parameter>", callEnd: "</invoke>", closings: ["</minimax:tool_call>"])
}

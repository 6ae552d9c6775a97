extension AnswerSyntax {
    /// MiniCPM 5.
    static let miniCPM = AnswerSyntax(
        name: "MiniCPM",
        templateMarks: [[#"<function name=""#, #"<param name=""#]],
        thinking: [ThinkingMarks("<think>", "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            call: [.text(#"<function name=""#), .name, .text(#"">"#), .arguments, .text("</function>")],
            arguments: .elements(.init(start: #"<param name=""#, afterKey: #"">"#, end: "</param>")), separator: "\n"),
        openings: [CallOpening(mark: #"<function name=""#, marks: shape.marks) { ElementCallReader(shape) }],
        example: AnswerExample(
            """
            <think>
            Graz, "für" 2 Tage?</think>

            Let me see.
            <function name="get_weather"><param name="city">Graz</param><param name="days">2</param></function>
            <function name="get_time"><param name="zone">Europe/Vienna</param></function>
            """))

    private static let shape = ElementCallReader.Shape(
        nameEnds: [#"">"#], keyStart: #"<param name=""#, keyEnds: [(#"">"#, nil)], valueEnd: "</param>",
        callEnd: "</function>", quotes: ("<![CDATA[", "]]>"))
}

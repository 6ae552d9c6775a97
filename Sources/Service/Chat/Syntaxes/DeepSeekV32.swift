extension AnswerSyntax {
    /// DeepSeek V3.2: elements, of which each says whether it is a string.
    static let deepSeekV32 = AnswerSyntax(
        name: "DeepSeek V3.2",
        templateMarks: [["｜DSML｜"]],
        thinking: [ThinkingMarks("<think>", "</think>", cutting: "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<｜DSML｜function_calls>\n",
            call: [.text(#"<｜DSML｜invoke name=""#), .name, .text("\">\n"), .arguments, .text("</｜DSML｜invoke>\n")],
            arguments: .elements(
                .init(
                    start: #"<｜DSML｜parameter name=""#, afterKey: #"" string="false">"#,
                    afterStringKey: #"" string="true">"#, end: "</｜DSML｜parameter>\n")),
            separator: "", closing: "</｜DSML｜function_calls>"),
        openings: [CallOpening(mark: "<｜DSML｜function_calls>", marks: shape.marks) { ElementCallReader(shape) }],
        otherMarks: ["｜DSML｜"],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think>Let me see.

            <｜DSML｜function_calls>
            <｜DSML｜invoke name="get_weather">
            <｜DSML｜parameter name="city" string="true">Graz</｜DSML｜parameter>
            <｜DSML｜parameter name="days" string="false">2</｜DSML｜parameter>
            </｜DSML｜invoke>
            <｜DSML｜invoke name="get_time">
            <｜DSML｜parameter name="zone" string="true">Europe/Vienna</｜DSML｜parameter>
            </｜DSML｜invoke>
            </｜DSML｜function_calls>
            """))

    private static let shape = ElementCallReader.Shape(
        callStart: #"<｜DSML｜invoke name=""#, nameEnds: [#"">"#], keyStart: #"<｜DSML｜parameter name=""#,
        keyEnds: [(#"" string="true">"#, true), (#"" string="false">"#, false), (#"">"#, nil)],
        valueEnd: "</｜DSML｜parameter>", callEnd: "</｜DSML｜invoke>", closings: ["</｜DSML｜function_calls>"])
}

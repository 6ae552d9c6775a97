extension AnswerSyntax {
    static let deepSeekV31 = AnswerSyntax(
        name: "DeepSeek V3.1",
        configurationNames: ["deepseek3", "deepseek3.1"],
        templateMarks: [["<｜tool▁calls▁begin｜>"]],
        families: ["deepseek2"],
        thinking: [ThinkingMarks("<think>", "</think>", cutting: "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<｜tool▁calls▁begin｜>",
            call: [
                .text("<｜tool▁call▁begin｜>"), .name, .text("<｜tool▁sep｜>"), .arguments,
                .text("<｜tool▁call▁end｜>"),
            ], separator: "", closing: "<｜tool▁calls▁end｜>"),
        openings: [.deepSeek],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think>Let me see.<｜tool▁calls▁begin｜>\
            <｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Graz", "days": 2}<｜tool▁call▁end｜>\
            <｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{"zone": "Europe/Vienna"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>
            """))
}

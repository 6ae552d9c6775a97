extension AnswerSyntax {
    /// Kimi K2, whose calls say which they are.
    static let kimi = AnswerSyntax(
        name: "Kimi K2",
        templateMarks: [["<|tool_calls_section_begin|>"]],
        thinking: [ThinkingMarks("<think>", "</think>", cutting: "</think>", endsWithCalls: true)],
        toolCalls: ToolCallSyntax(
            opening: "<|tool_calls_section_begin|>",
            call: [
                .text("<|tool_call_begin|>functions."), .name, .text(":"), .index,
                .text("<|tool_call_argument_begin|>"),
                .arguments, .text("<|tool_call_end|>"),
            ], separator: "", closing: "<|tool_calls_section_end|>"),
        openings: [
            CallOpening(mark: "<|tool_calls_section_begin|>", marks: shape.marks) { NamedCallReader(shape) }
        ],
        example: AnswerExample(
            """
            <think>Graz, "für" 2 Tage?</think>Let me see.<|tool_calls_section_begin|>\
            <|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>\
            {"city": "Graz", "days": 2}<|tool_call_end|>\
            <|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>\
            {"zone": "Europe/Vienna"}<|tool_call_end|><|tool_calls_section_end|>
            """,
            calls: AnswerExample.calls(ids: "functions.get_weather:0", "functions.get_time:1")))

    private static let shape = NamedCallReader.Shape(
        callStarts: ["<|tool_call_begin|>"], nameEnds: ["<|tool_call_argument_begin|>"], nameIsID: true,
        callEnds: ["<|tool_call_end|>"], closings: ["<|tool_calls_section_end|>"])
}

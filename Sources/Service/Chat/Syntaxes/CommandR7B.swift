extension AnswerSyntax {
    /// Command R7B, Command A.
    static let commandR7B = AnswerSyntax(
        name: "Command R7B",
        configurationNames: ["cohere"],
        templateMarks: [["<|START_ACTION|>"]],
        families: ["cohere2"],
        thinking: [
            ThinkingMarks(
                "<|START_THINKING|>", "<|END_THINKING|>", cutting: "<|END_THINKING|>", isAnywhere: true,
                endsWithCalls: true)
        ],
        toolCalls: ToolCallSyntax(
            opening: "<|START_ACTION|>[\n",
            call: [
                .text(#"    {"tool_call_id": ""#), .index, .text(#"", "tool_name": ""#), .name,
                .text(#"", "parameters": "#), .arguments, .text("}"),
            ], separator: ",\n", closing: "\n]<|END_ACTION|>"),
        openings: [
            CallOpening(mark: "<|START_ACTION|>", marks: ["<|END_ACTION|>"]) {
                JSONCallReader(.init(closings: ["<|END_ACTION|>"]))
            }
        ],
        ignored: ["<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"],
        example: AnswerExample(
            """
            <|START_THINKING|>Graz, "für" 2 Tage?<|END_THINKING|><|START_RESPONSE|>Let me see.<|END_RESPONSE|>\
            <|START_ACTION|>[
                {"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Graz", "days": 2}},
                {"tool_call_id": "1", "tool_name": "get_time", "parameters": {"zone": "Europe/Vienna"}}
            ]<|END_ACTION|>
            """, calls: AnswerExample.calls(ids: "0", "1")))
}

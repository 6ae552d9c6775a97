extension AnswerSyntax {
    /// Mistral since Small 3.2, Magistral, Devstral, Ministral 3: a name, an identifier where it has one, and JSON.
    static let mistralNamed = AnswerSyntax(
        name: "Mistral, named",
        configurationNames: ["ministral"],
        templateMarks: [["[TOOL_CALLS]", "[ARGS]"]],
        families: ["mistral3"],
        thinking: [.mistral],
        toolCalls: ToolCallSyntax(
            call: [.text("[TOOL_CALLS]"), .name, .text("[ARGS]"), .arguments], separator: ""),
        openings: [.mistral],
        callIDs: .nineCharacters,
        example: AnswerExample(
            """
            [THINK]Graz, "für" 2 Tage?[/THINK]Let me see.\
            [TOOL_CALLS]get_weather[CALL_ID]abcdef123[ARGS]{"city": "Graz", "days": 2}\
            [TOOL_CALLS]get_time[CALL_ID]456uvwxyz[ARGS]{"zone": "Europe/Vienna"}
            """, calls: AnswerExample.calls(ids: "abcdef123", "456uvwxyz")))
}

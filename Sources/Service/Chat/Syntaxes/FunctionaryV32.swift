extension AnswerSyntax {
    /// Functionary 3.2: every part of an answer says whom it is for. The prompt ends with the mark of the first.
    static let functionaryV32 = AnswerSyntax(
        name: "Functionary 3.2",
        templateMarks: [[">>>all"]],
        toolCalls: ToolCallSyntax(
            call: [.name, .text("\n"), .arguments], separator: ">>>"),
        openings: [
            CallOpening(mark: ">>>") {
                NamedCallReader(.init(nameEnds: ["\n"], contentName: "all", takesTextAtOnce: true))
            }
        ],
        promptOpening: ">>>",
        contentOpening: "all\n",
        example: AnswerExample(
            """
            all
            Let me see.>>>get_weather
            {"city": "Graz", "days": 2}>>>get_time
            {"zone": "Europe/Vienna"}
            """, thinking: nil, prompt: "<|start_header_id|>assistant<|end_header_id|>\n\n>>>"))
}

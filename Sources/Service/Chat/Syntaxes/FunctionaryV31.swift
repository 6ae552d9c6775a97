extension AnswerSyntax {
    /// Functionary 3.1, and what Llama 3.1 was taught for tools of others.
    static let functionaryV31 = AnswerSyntax(
        name: "Functionary 3.1",
        templateMarks: [["<function=", "</function>"]],
        toolCalls: ToolCallSyntax(
            call: [.text("<function="), .name, .text(">"), .arguments, .text("</function>")], separator: ""),
        openings: [.functionTag],
        example: AnswerExample(
            """
            Let me see.<function=get_weather>{"city": "Graz", "days": 2}</function>\
            <function=get_time>{"zone": "Europe/Vienna"}</function>
            """, thinking: nil))
}

extension CallOpening {
    static let functionTag = CallOpening(mark: "<function=", marks: ["</function>"]) {
        NamedCallReader(.init(nameEnds: [">"], callEnds: ["</function>"]))
    }
}

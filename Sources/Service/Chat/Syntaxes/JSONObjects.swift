extension AnswerSyntax {
    /// A call is a JSON object and nothing else, or a list of such.
    static let jsonObjects = AnswerSyntax(
        name: "JSON objects",
        toolCalls: ToolCallSyntax(call: .jsonObject(), separator: "\n"),
        openings: [
            CallOpening(mark: "{", seen: 1, isLeading: true) { JSONCallReader() },
            CallOpening(mark: "[", seen: 1, isLeading: true) { JSONCallReader() },
        ],
        example: AnswerExample(
            """
            {"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}
            {"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}
            """, thinking: nil, content: nil))

    /// A call is JSON behind a text that only the template knows, as Go templates show it.
    /// - Parameter tag: see `GoTemplate.toolCallTag`.
    package static func jsonBehind(_ tag: String) -> AnswerSyntax {
        if tag == "{" || tag == "[" { return jsonObjects }
        let closings = closings(of: tag)
        return AnswerSyntax(
            name: "JSON behind \(tag)",
            toolCalls: ToolCallSyntax(
                call: .jsonObject(before: tag, after: closings.first ?? ""), separator: "\n"),
            openings: [
                CallOpening(mark: tag, marks: closings) {
                    JSONCallReader(.init(closings: closings, takesNamesBefore: true))
                }
            ],
            example: AnswerExample(
                #"Let me see.\#(tag){"name": "get_weather", "arguments": {"city": "Graz", "days": 2}}"# + "\n"
                    + #"\#(tag){"name": "get_time", "arguments": {"zone": "Europe/Vienna"}}"#, thinking: nil))
    }

    /// What probably ends what a tag begins.
    private static func closings(of tag: String) -> [String] {
        let name = tag.drop { "<[|".contains($0) }.prefix { !">]|= ".contains($0) }
        guard !name.isEmpty else { return [] }
        if tag.hasPrefix("<|") { return ["<|/\(name)|>", "</|\(name)|>"] }
        if tag.hasPrefix("<") { return ["</\(name)>"] }
        return tag.hasPrefix("[") ? ["[/\(name)]"] : []
    }
}

extension [ToolCallSyntax.Piece] {
    /// A JSON object with a name and arguments.
    static func jsonObject(
        before: String = "", after: String = "", name: String = "name", arguments: String = "arguments"
    ) -> Self {
        [
            .text(before + #"{"\#(name)": ""#), .name, .text(#"", "\#(arguments)": "#), .arguments,
            .text("}" + after),
        ]
    }
}

extension AnswerSyntax {
    /// Mistral up to Nemo and Large 2407: a list of JSON objects.
    static let mistralList = AnswerSyntax(
        name: "Mistral, list",
        templateMarks: [["[TOOL_CALLS]"]],
        thinking: [.mistral],
        toolCalls: ToolCallSyntax(
            opening: "[TOOL_CALLS][",
            call: [
                .text(#"{"name": ""#), .name, .text(#"", "arguments": "#), .arguments, .text(#", "id": ""#), .id,
                .text(#""}"#),
            ], separator: ", ", closing: "]"),
        openings: [.mistral],
        callIDs: .nineCharacters,
        example: AnswerExample(
            """
            [TOOL_CALLS][{"id": "abcdef123", "name": "get_weather", "arguments": {"city": "Graz", "days": 2}}, \
            {"id": "456uvwxyz", "name": "get_time", "arguments": {"zone": "Europe/Vienna"}}]
            """, thinking: nil, content: nil,
            calls: AnswerExample.calls(ids: "abcdef123", "456uvwxyz")))
}

extension CallOpening {
    /// One mark of two ages: what follows it tells which it is.
    static let mistral: CallOpening = {
        let shape = NamedCallReader.Shape(nameEnds: ["[CALL_ID]", "[ARGS]", "{"], idMark: "[CALL_ID]")
        return CallOpening(mark: "[TOOL_CALLS]", marks: shape.marks) {
            EitherCallReader { first in
                if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
                    JSONCallReader()
                } else {
                    NamedCallReader(shape)
                }
            }
        }
    }()
}

extension ThinkingMarks {
    static let mistral = ThinkingMarks("[THINK]", "[/THINK]", cutting: "[/THINK]", isAnywhere: true)
}

extension AnswerSyntax {
    /// Llama 3.1 to 3.3: JSON with "parameters", or a call of a built-in tool in Python.
    static let llama3 = AnswerSyntax(
        name: "Llama 3",
        templateMarks: [["<|python_tag|>"], ["<|start_header_id|>", #""parameters""#]],
        toolCalls: ToolCallSyntax(call: .jsonObject(arguments: "parameters")),
        openings: [
            CallOpening(mark: "{", seen: 1, isLeading: true) { JSONCallReader() },
            .leadingList,
            CallOpening(mark: "<|python_tag|>") {
                EitherCallReader { first in
                    if first == UInt8(ascii: "{") {
                        JSONCallReader()
                    } else {
                        PythonCallReader(.init(nameSuffix: ".call"))
                    }
                }
            },
            .functionTag,
        ],
        example: AnswerExample(
            """
            <|python_tag|>{"name": "get_weather", "parameters": {"city": "Graz", "days": 2}}; \
            {"name": "get_time", "parameters": {"zone": "Europe/Vienna"}}
            """, thinking: nil, content: nil))
}

extension CallOpening {
    /// A list at the beginning of an answer, of JSON objects or of calls in Python.
    static let leadingList = CallOpening(mark: "[", seen: 1, isLeading: true) { listReader() }

    static func listReader(closings: [String] = []) -> any CallReader {
        EitherCallReader(lookingPast: "[") { first in
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "]") {
                JSONCallReader(.init(closings: closings))
            } else {
                PythonCallReader(.init(closings: closings))
            }
        }
    }
}

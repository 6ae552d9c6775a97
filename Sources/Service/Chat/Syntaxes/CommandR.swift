extension AnswerSyntax {
    /// Command R and R+ of 2024.
    static let commandR = AnswerSyntax(
        name: "Command R",
        templateMarks: [["Action:", "```json", "tool_name"]],
        families: ["command-r"],
        toolCalls: ToolCallSyntax(
            opening: "Action: ```json\n[\n", call: .jsonObject(name: "tool_name", arguments: "parameters"),
            separator: ",\n", closing: "\n]```"),
        openings: ["Action: ```json", "Action:```json"].map { mark in
            CallOpening(mark: mark) { JSONCallReader(.init(closings: ["```"])) }
        },
        example: AnswerExample(
            """
            Let me see.
            Action: ```json
            [
                {
                    "tool_name": "get_weather",
                    "parameters": {"city": "Graz", "days": 2}
                },
                {
                    "tool_name": "get_time",
                    "parameters": {"zone": "Europe/Vienna"}
                }
            ]```
            """, thinking: nil))
}

/// Reads an answer: first its thinking is told apart, then tool calls are looked for in the rest.
package struct AnswerParser: OutputParser {
    private var thinking: ThinkingParser?
    private var toolCalls: ToolCallParser?

    /// Nil leaves a step out; without both everything is content.
    package init(thinking: ThinkingParser? = nil, toolCalls: ToolCallParser? = nil) {
        self.thinking = thinking
        self.toolCalls = toolCalls
    }

    package mutating func push(_ text: String) -> [OutputPart] {
        guard !text.isEmpty else { return [] }
        guard thinking != nil else { return readToolCalls([.content(text)]) }
        return readToolCalls(thinking?.push(text) ?? [])
    }

    package mutating func finish() -> [OutputPart] {
        let rest = readToolCalls(thinking?.finish() ?? [])
        return rest + (toolCalls?.finish() ?? [])
    }

    private mutating func readToolCalls(_ parts: [OutputPart]) -> [OutputPart] {
        guard toolCalls != nil else { return parts }
        var result: [OutputPart] = []
        for part in parts {
            if case .content(let text) = part {
                result += toolCalls?.push(text) ?? []
            } else {
                result.append(part)
            }
        }
        return result
    }
}

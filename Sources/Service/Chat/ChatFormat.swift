/// How a model family writes a conversation and how its answer is read back.
package protocol ChatFormat: Sendable {
    /// The text that the model continues. Special tokens are written as text.
    func render(_ conversation: Conversation) throws -> String
    func makeParser(for conversation: Conversation) -> any OutputParser
}

/// A piece of an answer, told apart.
package enum OutputPart: Hashable, Sendable {
    case content(String)
    case thinking(String)
    case toolCall(ToolCall)
}

/// Reads a model's text as it arrives.
package protocol OutputParser: Sendable {
    mutating func push(_ text: String) -> [OutputPart]
    mutating func finish() -> [OutputPart]
}

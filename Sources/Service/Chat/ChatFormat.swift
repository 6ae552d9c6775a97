package import Templating

/// How a model writes a conversation and how its answer is read back.
package protocol ChatFormat: Sendable {
    var capabilities: ChatCapabilities { get }
    /// The text that the model continues. Special tokens are written as text, and are special where they are no contents;
    /// a BOS that the tokenizer adds by itself is left out.
    func render(_ conversation: Conversation) throws(ChatError) -> MarkedText
    /// The text that makes the model write what belongs between the two.
    func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText
    /// What the parser looks for in an answer: it must see these texts also where they are control tokens.
    var marks: [String] { get }
    /// Texts that end an answer, beside the caller's.
    var stops: [String] { get }
    /// Nobody says that the model talks like this: a prompt that is no conversation goes to it as it is.
    var isGuessed: Bool { get }
    /// - Parameter prompt: what `render` gave for the conversation: it may end inside the model's thinking.
    func makeParser(for conversation: Conversation, prompt: String) -> any OutputParser
}

extension ChatFormat {
    package var marks: [String] { [] }
    package var stops: [String] { [] }
    package var isGuessed: Bool { false }

    package func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText {
        throw .infillUnsupported
    }
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

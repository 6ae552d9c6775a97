/// A piece of an answer, told apart.
package enum OutputPart: Hashable, Sendable {
    case content(String)
    case thinking(String)
    /// A call begins. Its arguments follow, then `toolCall` or `toolCallAbandoned`; no other part comes between.
    case toolCallStart(id: String?, name: String)
    /// More of the JSON text of the arguments of the call that began.
    case toolCallArguments(String)
    /// The call that began is complete.
    case toolCall(ToolCall)
    /// What began as a call is none: its text follows as content, as it was written.
    case toolCallAbandoned
}

/// Where in an answer the next byte belongs.
package enum OutputRegion: Hashable, Sendable {
    case content, thinking, toolCall
}

/// Reads a model's text as it arrives.
package protocol OutputParser: Sendable {
    mutating func push(_ text: String) -> [OutputPart]
    mutating func finish() -> [OutputPart]
    /// What a constraint of the answer's content, or a limit of its thinking, has to know.
    var region: OutputRegion { get }
}

/// A reader that takes text in any pieces, also such as end within a character.
package protocol ByteOutputParser: OutputParser {
    mutating func push(bytes: some Sequence<UInt8>) -> [OutputPart]
}

extension ByteOutputParser {
    package mutating func push(_ text: String) -> [OutputPart] { push(bytes: text.utf8) }
}

extension OutputParser {
    package var region: OutputRegion { .content }
}

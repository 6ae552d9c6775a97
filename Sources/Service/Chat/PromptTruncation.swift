package import Templating

/// Drops the oldest messages of a conversation until its prompt fits. System messages and the last message stay.
package enum PromptTruncation {
    /// What is left of a conversation.
    package struct Result<Tokens> {
        package var conversation: Conversation
        package var prompt: MarkedText
        package var tokens: Tokens
        /// False where not even the shortest conversation fits that the template takes.
        package var fits: Bool
    }

    /// How many refusals of the template are taken one by one, before turns like those refused are passed over unseen.
    private static let patience = 16

    /// Renders and tokenizes about log n times for n messages: the fewer messages, the fewer tokens, so that the first
    /// message that stays is searched by halves. Where the template refuses a conversation that begins there, the next
    /// that it takes is the first; where it refuses even the last message alone, as a tool's answer without its call, more
    /// stay than fit. What is refused is learnt: after a few refusals, no more conversations are tried that begin with such
    /// a turn.
    /// - Parameters:
    ///   - limit: how many tokens there may be.
    ///   - imageTokens: what an image adds.
    /// - Throws: what the format throws where the whole conversation cannot be rendered; `CancellationError` between two
    ///   renderings.
    package static func fit<Tokens: Collection>(
        _ conversation: Conversation, limit: Int, format: any ChatFormat, imageTokens: Int = 0,
        tokenize: (MarkedText) throws -> Tokens
    ) throws -> Result<Tokens> {
        func result(from start: Int) throws -> Result<Tokens> {
            try Task.checkCancellation()
            let candidate = dropping(start, from: conversation)
            let prompt = try format.render(candidate)
            let tokens = try tokenize(prompt)
            let images = candidate.messages.reduce(0) { $0 + $1.images.count }
            return Result(
                conversation: candidate, prompt: prompt, tokens: tokens,
                fits: tokens.count + images * imageTokens <= limit)
        }
        let messages = conversation.messages
        let whole = try result(from: 0)
        guard !whole.fits, messages.count > 1 else { return whole }

        // Since system messages stay, beginning at one is beginning at the next turn.
        let starts = Array(messages.indices.dropLast().filter { !messages[$0].isSystem }.dropFirst())
        var refusals = 0
        var refused: Set<TurnKind> = []
        /// The first of some starts that the template takes.
        func firstTaken(_ range: Range<Int>) throws -> (index: Int, result: Result<Tokens>)? {
            for index in range {
                let kind = TurnKind(messages[starts[index]])
                if refusals >= patience, refused.contains(kind) { continue }
                do {
                    return (index, try result(from: starts[index]))
                } catch is ChatError {
                    refusals += 1
                    refused.insert(kind)
                }
            }
            return nil
        }
        var range = starts.indices
        var best: Result<Tokens>?
        var shortest = whole
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            let taken = try firstTaken(middle..<range.upperBound)
            if let taken, !taken.result.fits {
                shortest = taken.result
                range = (taken.index + 1)..<range.upperBound
            } else {
                best = taken?.result ?? best
                range = range.lowerBound..<middle
            }
        }
        if let best { return best }
        do {
            return try result(from: messages.count - 1)
        } catch is ChatError {
            return shortest
        }
    }

    /// The conversation from a message on, with the system messages before it.
    package static func dropping(_ start: Int, from conversation: Conversation) -> Conversation {
        var result = conversation
        result.messages = conversation.messages[..<start].filter(\.isSystem) + conversation.messages[start...]
        return result
    }
}

/// What a template may tell apart in the turn that a conversation begins with.
private struct TurnKind: Hashable {
    private enum Role { case user, assistant, tool, other }
    private let role: Role
    private let callsTools: Bool

    init(_ message: Message) {
        role =
            switch message.role {
            case "user": .user
            case "assistant": .assistant
            case "tool": .tool
            default: .other
            }
        callsTools = !message.toolCalls.isEmpty
    }
}

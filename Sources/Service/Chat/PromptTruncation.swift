/// Drops the oldest messages of a conversation until its prompt fits. System messages and the last message stay.
package enum PromptTruncation {
    /// What is left of a conversation.
    package struct Result<Tokens> {
        package var conversation: Conversation
        package var prompt: String
        package var tokens: Tokens
        /// False where not even the last message fits.
        package var fits: Bool
    }

    /// - Parameters:
    ///   - limit: how many tokens there may be.
    ///   - imageTokens: what an image adds.
    ///   - tokenize: gives the tokens of a prompt; called about log n times for n messages.
    /// - Throws: what the format throws where the whole conversation, or its last message alone, cannot be rendered.
    package static func fit<Tokens: Collection>(
        _ conversation: Conversation, limit: Int, format: any ChatFormat, imageTokens: Int = 0,
        tokenize: (String) throws -> Tokens
    ) throws -> Result<Tokens> {
        func result(from start: Int) throws -> Result<Tokens> {
            let candidate = dropping(start, from: conversation)
            let prompt = try format.render(candidate)
            let tokens = try tokenize(prompt)
            let images = candidate.messages.reduce(0) { $0 + $1.images.count }
            return Result(
                conversation: candidate, prompt: prompt, tokens: tokens,
                fits: tokens.count + images * imageTokens <= limit)
        }
        let whole = try result(from: 0)
        guard !whole.fits, conversation.messages.count > 1 else { return whole }

        // The fewer messages, the fewer tokens: search by halves for the first start that fits. Starts at which the
        // template refuses the conversation, as one that begins with an answer, are passed over.
        var lower = 1
        var upper = conversation.messages.count - 1
        var best: Result<Tokens>?
        while lower < upper {
            let middle = (lower + upper) / 2
            guard let start = (middle..<upper).first(where: { renders(from: $0, of: conversation, format) }) else {
                upper = middle
                continue
            }
            let candidate = try result(from: start)
            if candidate.fits {
                best = candidate
                upper = middle
            } else {
                lower = start + 1
            }
        }
        return try best ?? result(from: conversation.messages.count - 1)
    }

    /// The conversation from a message on, with the system messages before it.
    static func dropping(_ start: Int, from conversation: Conversation) -> Conversation {
        var result = conversation
        result.messages =
            conversation.messages[..<start].filter { $0.role == "system" } + conversation.messages[start...]
        return result
    }

    private static func renders(from start: Int, of conversation: Conversation, _ format: any ChatFormat) -> Bool {
        (try? format.render(dropping(start, from: conversation))) != nil
    }
}

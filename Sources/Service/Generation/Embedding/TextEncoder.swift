import Tensors
import Tokenization

/// Turns the inputs of an `EmbeddingRequest` into tokens, with those that the model wants before and behind a text.
struct TextEncoder: Sendable {
    private let tokenizer: any Tokenizer
    /// Tokens that a text can have, special ones included.
    private let limit: Int
    private let truncates: Bool
    private let beginning: [TokenID]
    private let end: [TokenID]

    /// - Parameter limit: tokens that a text can have, special ones included.
    init(_ tokenizer: any Tokenizer, limit: Int, truncates: Bool) {
        self.tokenizer = tokenizer
        self.limit = limit
        self.truncates = truncates
        let boundaries = tokenizer.encode("", SpecialTokens(addBoundaries: true, parse: false))
        let begins = boundaries.count > 1 || boundaries.first == tokenizer.vocabulary.roles.beginningOfText
        beginning = begins ? Array(boundaries.prefix(1)) : []
        end = Array(boundaries.dropFirst(beginning.count))
    }

    /// - Parameter index: of the input in its request, for errors.
    /// - Throws: `inputTooLong` where the input is not to be cut, or where no token of it is left.
    func encode(_ input: EmbeddingRequest.Input, index: Int) throws(GenerationError) -> [TokenID] {
        switch input {
        case .text(let text):
            return try frame(tokenizer.encode(text, SpecialTokens(addBoundaries: false, parse: true)), index)
        case .tokens(let tokens):
            for token in tokens where !tokenizer.vocabulary.contains(token) {
                throw .promptFailed("input \(index) holds \(token), which is no token of the model")
            }
            return try cut(tokens, to: limit, count: tokens.count, index)
        case .pair(let query, let document):
            let plain = SpecialTokens(addBoundaries: false, parse: false)
            // BERT ends a text with its separator, so that one is between two texts; RoBERTa and its heirs have both.
            let between = tokenizer is WordPieceTokenizer ? end : end + end
            let query = beginning + tokenizer.encode(query, plain) + between
            return try frame(tokenizer.encode(document, plain), index, before: query)
        }
    }

    private func frame(
        _ tokens: [TokenID], _ index: Int, before: [TokenID]? = nil
    ) throws(GenerationError) -> [TokenID] {
        let before = before ?? beginning
        let frame = before.count + end.count
        // A text that is empty is what stands around it; where nothing does, there is no row to be had.
        guard frame + tokens.count > 0 else { throw .promptFailed("input \(index) has no tokens; send a text") }
        return before + (try cut(tokens, to: limit - frame, count: frame + tokens.count, index)) + end
    }

    private func cut(
        _ tokens: [TokenID], to room: Int, count: Int, _ index: Int
    ) throws(GenerationError) -> [TokenID] {
        guard tokens.count > room else {
            guard !tokens.isEmpty || count > 0 else { throw .promptFailed("input \(index) has no tokens; send a text") }
            return tokens
        }
        guard truncates, room > 0 else { throw .inputTooLong(index: index, tokens: count, limit: limit) }
        return Array(tokens.prefix(room))
    }
}

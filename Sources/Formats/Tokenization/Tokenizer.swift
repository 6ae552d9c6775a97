package import Tensors

/// Which special tokens `encode` may produce.
package struct SpecialTokens: Hashable, Sendable {
    /// Add BOS and EOS where the vocabulary asks for them.
    package var addBoundaries: Bool
    /// Recognise the text of control and user-defined tokens, such as `<|im_end|>`.
    package var parse: Bool

    package init(addBoundaries: Bool, parse: Bool) {
        self.addBoundaries = addBoundaries
        self.parse = parse
    }

    package static let none = Self(addBoundaries: false, parse: false)
}

/// Turns text into tokens and tokens into bytes.
package protocol Tokenizer: Sendable {
    var vocabulary: Vocabulary { get }
    func encode(_ text: String, _ special: SpecialTokens) -> [TokenID]
    /// The bytes that `token` stands for (empty for a token outside the vocabulary); a token may hold half a character.
    func bytes(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8>
}

package import Tensors

/// Which special tokens `encode` may produce.
package struct SpecialTokens: Hashable, Sendable {
    /// Add BOS and EOS where the vocabulary asks for them.
    package var addBoundaries: Bool
    /// Recognise the text of control and user-defined tokens, such as `<|im_end|>`.
    package var parse: Bool
    /// Ranges of bytes, ascending and apart, in which the texts of control tokens are only texts: what users wrote.
    package var contents: [Range<Int>]

    package init(addBoundaries: Bool, parse: Bool, contents: [Range<Int>] = []) {
        self.addBoundaries = addBoundaries
        self.parse = parse
        self.contents = contents
    }

    package static let none = Self(addBoundaries: false, parse: false)
}

/// Turns text into tokens and tokens into bytes. All of it may be called by many tasks at once.
package protocol Tokenizer: Sendable {
    var vocabulary: Vocabulary { get }
    /// The tokens of a text given as bytes; what is no valid UTF-8 is encoded byte by byte or replaced, as the model was
    /// trained.
    func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID]
    /// The bytes that `token` stands for (empty for a token outside the vocabulary); a token may hold half a character.
    func bytes(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8>
}

extension Tokenizer {
    package func encode(_ text: String, _ special: SpecialTokens) -> [TokenID] {
        var text = text
        return text.withUTF8 { encode(bytes: UnsafeRawBufferPointer($0), special) }
    }

    package func bytes(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8> {
        vocabulary.piece(of: token, showingSpecial: showingSpecial)
    }
}

import GGUF
package import Tensors

extension TokenizerKind {
    /// WordPiece: BERT and most encoders that came after it.
    static let wordPiece = TokenizerKind(name: "bert") { metadata throws(TokenizationError) in
        try WordPieceTokenizer(metadata)
    }
}

/// Cuts text into words and each word into the longest tokens, from the left. A word that cannot be cut so is unknown.
package struct WordPieceTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let splitter: SpecialTokenSplitter
    private let normalizer: WordNormalizer
    /// All tokens that words are made of. Those that begin a word begin with `▁`.
    private let trie: ByteTrie

    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        var vocabulary = try Vocabulary(
            metadata,
            defaults: Vocabulary.Defaults(
                beginningOfText: 101, unknown: 100, separator: 102, padding: 0, mask: 103, addsBeginning: true,
                addsSeparator: true, cleansSpaces: true))
        vocabulary.setPieces { text, piece in SpaceMark.appendUnmarked(text, to: &piece) }
        self.vocabulary = vocabulary
        // Whatever the file says of beginnings and ends, texts of BERT stand between its two tokens.
        splitter = SpecialTokenSplitter(
            vocabulary, beginning: vocabulary.roles.beginningOfText, end: vocabulary.roles.separator)
        normalizer = try WordNormalizer(metadata)
        var trie = ByteTrie()
        for token in 0..<TokenID(vocabulary.count) where !vocabulary.kind(of: token).isHidden {
            trie.insert(vocabulary.text(of: token), value: token)
        }
        self.trie = trie
    }

    package func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        encodeCountingWork(bytes: bytes, special).tokens
    }

    /// The tokens, and how many bytes were looked at for them.
    package func encodeCountingWork(
        bytes: UnsafeRawBufferPointer, _ special: SpecialTokens
    ) -> (tokens: [TokenID], work: Int) {
        var work = 0
        let tokens = splitter.tokens(of: bytes, special) { text, _, tokens in
            ScalarText.withText(text) { text in
                normalizer.forEachWord(of: text) { word in work += encode(word, into: &tokens) }
            }
        }
        return (tokens, work)
    }

    /// Appends the tokens of a word, and returns how many bytes were looked at.
    private func encode(_ word: UnsafeRawBufferPointer, into tokens: inout [TokenID]) -> Int {
        let count = tokens.count
        var offset = 0
        var work = 0
        while offset < word.count {
            var longest: (length: Int, token: TokenID)?
            work += trie.forEachMatch(in: word, from: offset) { longest = ($0, $1) }
            guard let longest else {
                tokens.removeSubrange(count...)
                if let unknown = vocabulary.roles.unknown { tokens.append(unknown) }
                break
            }
            tokens.append(longest.token)
            offset += longest.length
        }
        return work
    }
}

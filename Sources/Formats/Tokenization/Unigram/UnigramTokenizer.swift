import GGUF
package import Tensors

extension TokenizerKind {
    /// SentencePiece's unigram language model: T5, XLM-RoBERTa and what came of them.
    static let unigram = TokenizerKind(name: "t5") { metadata throws(TokenizationError) in
        try UnigramTokenizer(metadata)
    }
}

/// Cuts text into the tokens whose scores, logarithms of probabilities, have the greatest sum.
package struct UnigramTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let splitter: SpecialTokenSplitter
    private let normalizer: UnigramNormalizer
    private let trie: ByteTrie
    /// What each token adds to the sum.
    private let scores: [Double]
    private let unknownScore: Double

    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        var vocabulary = try Vocabulary(
            metadata,
            defaults: Vocabulary.Defaults(endOfText: 1, unknown: 2, padding: 0, addsEnd: true))
        vocabulary.setPieces { text, piece in SpaceMark.appendUnmarked(text, to: &piece) }
        self.vocabulary = vocabulary
        splitter = SpecialTokenSplitter(vocabulary)
        normalizer = try UnigramNormalizer(metadata, addsSpacePrefix: vocabulary.addsSpacePrefix)
        var trie = ByteTrie()
        var scores: [Double] = []
        var leastScore = Float.greatestFiniteMagnitude
        for token in 0..<TokenID(vocabulary.count) {
            let score = vocabulary.score(of: token)
            guard score.isFinite else { throw .badScore(token: Int(token)) }
            let kind = vocabulary.kind(of: token)
            // Tokens that were added to the model have no probability of their own.
            scores.append(kind == .userDefined ? 0 : Double(score))
            if kind == .normal { leastScore = min(leastScore, score) }
            if kind == .normal || kind == .userDefined || kind == .unused {
                trie.insert(vocabulary.text(of: token), value: token)
            }
        }
        self.trie = trie
        self.scores = scores
        unknownScore = Double(leastScore - Self.unknownPenalty)
    }

    /// A character of no token is so much worse than the worst token.
    private static let unknownPenalty: Float = 10

    package func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        encodeCountingWork(bytes: bytes, special).tokens
    }

    /// The tokens, and how many bytes were looked at for them.
    package func encodeCountingWork(
        bytes: UnsafeRawBufferPointer, _ special: SpecialTokens
    ) -> (tokens: [TokenID], work: Int) {
        var work = 0
        let tokens = splitter.tokens(of: bytes, special) { text, _, tokens in
            normalizer.normalized(text).withUnsafeBytes { work += encode($0, into: &tokens) }
        }
        return (tokens, work)
    }

    /// The best way to the end of a part of the text: the sum of its scores and its last token.
    private struct Path {
        var score = -Double.greatestFiniteMagnitude
        /// Bytes of the last token.
        var length: Int32 = 0
        /// -1 for an unknown character.
        var token: TokenID = -1
    }

    private func encode(_ text: UnsafeRawBufferPointer, into tokens: inout [TokenID]) -> Int {
        guard !text.isEmpty else { return 0 }
        var work = 0
        var paths = Array(repeating: Path(), count: text.count + 1)
        paths[0].score = 0
        var offset = 0
        while offset < text.count {
            let characterLength = min(UTF8Lead.length(text[offset]), text.count - offset)
            let before = paths[offset].score
            var coversCharacter = false
            func consider(_ length: Int, _ token: TokenID, _ score: Double) {
                guard before + score > paths[offset + length].score else { return }
                paths[offset + length] = Path(score: before + score, length: Int32(clamping: length), token: token)
            }
            work += trie.forEachMatch(in: text, from: offset) { length, token in
                if length == characterLength { coversCharacter = true }
                consider(length, token, scores[Int(token)])
            }
            if !coversCharacter { consider(characterLength, -1, unknownScore) }
            offset += characterLength
        }
        appendBest(paths, to: &tokens)
        return work
    }

    /// Walks the best path back from its end. Unknown characters that follow each other are one unknown token.
    private func appendBest(_ paths: [Path], to tokens: inout [TokenID]) {
        let count = tokens.count
        var position = paths.count - 1
        var isUnknown = false
        while position > 0, paths[position].length > 0 {
            let path = paths[position]
            if path.token >= 0 {
                tokens.append(path.token)
            } else if !isUnknown, let unknown = vocabulary.roles.unknown {
                tokens.append(unknown)
            }
            isUnknown = path.token < 0
            position -= Int(path.length)
        }
        tokens[count...].reverse()
    }
}

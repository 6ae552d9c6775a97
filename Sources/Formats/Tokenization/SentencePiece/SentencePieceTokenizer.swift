import GGUF
package import Tensors

extension TokenizerKind {
    /// SentencePiece's byte-pair encoding with scores: Llama 1 and 2, Mistral, Gemma 1 to 3, Phi 3.
    static let sentencePiece = TokenizerKind(name: "llama") { metadata throws(TokenizationError) in
        try SentencePieceTokenizer(metadata)
    }
}

/// Merges characters by the scores of the tokens that they form; what forms no token becomes bytes.
package struct SentencePieceTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let splitter: SpecialTokenSplitter
    private let rules: ScoreRules
    /// The token for each byte that is part of no other token.
    private let byteTokens: [TokenID?]
    /// Bytes after which some token has a `▁`; elsewhere no merge can cross the border before a `▁`.
    private let joinsSpaceMark: [Bool]

    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        var vocabulary = try Vocabulary(
            metadata,
            defaults: Vocabulary.Defaults(
                beginningOfText: 1, endOfText: 2, unknown: 0, addsBeginning: true, addsSpacePrefix: true))
        vocabulary.setPieces { text, piece in SpaceMark.appendUnmarked(text, to: &piece) }
        self.init(vocabulary)
    }

    private init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        splitter = SpecialTokenSplitter(vocabulary)
        rules = ScoreRules(vocabulary)
        byteTokens = (UInt8.min ... .max).map { byte in
            vocabulary.token(ofByte: byte) ?? withUnsafeBytes(of: byte) { vocabulary.token(withText: $0) }
        }
        joinsSpaceMark = Self.bytesBeforeSpaceMarks(vocabulary)
    }

    package func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        encodeCountingWork(bytes: bytes, special).tokens
    }

    /// The tokens, and how many merges were tried and done for them.
    package func encodeCountingWork(
        bytes: UnsafeRawBufferPointer, _ special: SpecialTokens
    ) -> (tokens: [TokenID], work: Int) {
        var merger = WordMerger(rules: rules)
        let tokens = splitter.tokens(of: bytes, special) { text, followsToken, tokens in
            let marked = SpaceMark.marked(text, atStart: vocabulary.addsSpacePrefix && followsToken)
            marked.withUnsafeBytes { encode(marked: $0, with: &merger, into: &tokens) }
        }
        return (tokens, merger.work)
    }

    /// Cuts the text where no merge can cross, and merges each piece.
    private func encode(
        marked text: UnsafeRawBufferPointer, with merger: inout WordMerger<ScoreRules>, into tokens: inout [TokenID]
    ) {
        var offset = 0
        merger.removeAll()
        while offset < text.count {
            let length = min(UTF8Lead.length(text[offset]), text.count - offset)
            let isSpaceMark = length == 3 && text[offset..<offset + 3].elementsEqual(SpaceMark.bytes)
            if isSpaceMark, offset > 0, !joinsSpaceMark[Int(text[offset - 1])] {
                flush(&merger, text, into: &tokens)
            }
            let character = UnsafeRawBufferPointer(rebasing: text[offset..<offset + length])
            let id = vocabulary.token(withText: character) ?? -1
            merger.append(MergeSymbol(start: Int32(offset), length: Int32(length), id: id))
            offset += length
        }
        flush(&merger, text, into: &tokens)
    }

    private func flush(
        _ merger: inout WordMerger<ScoreRules>, _ text: UnsafeRawBufferPointer, into tokens: inout [TokenID]
    ) {
        merger.merge(in: text)
        for symbol in merger.symbols {
            if symbol.id >= 0 {
                tokens.append(symbol.id)
            } else {
                for byte in text[Int(symbol.start)..<Int(symbol.start + symbol.length)] {
                    if let token = byteTokens[Int(byte)] ?? vocabulary.roles.unknown { tokens.append(token) }
                }
            }
        }
        merger.removeAll()
    }

    private static func bytesBeforeSpaceMarks(_ vocabulary: Vocabulary) -> [Bool] {
        var result = Array(repeating: false, count: 256)
        for token in 0..<TokenID(vocabulary.count) {
            let text = vocabulary.text(of: token)
            for index in text.indices.dropFirst() where text[index] == SpaceMark.bytes[0] {
                if text[index...].starts(with: SpaceMark.bytes) { result[Int(text[index - 1])] = true }
            }
        }
        return result
    }
}

/// Two symbols merge where their bytes together are a token; the better its score, the sooner.
private struct ScoreRules: MergeRules, Sendable {
    private let vocabulary: Vocabulary
    /// Scores as numbers that are the lower the better the score.
    private let priorities: [UInt32]

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        priorities = (0..<TokenID(vocabulary.count)).map { Self.priority(ofScore: vocabulary.score(of: $0)) }
    }

    func merge(_ left: MergeSymbol, _ right: MergeSymbol, in text: UnsafeRawBufferPointer) -> Merge {
        let start = Int(left.start)
        let length = Int(left.length) + Int(right.length)
        guard length <= vocabulary.longestText,
            let token = vocabulary.token(withText: UnsafeRawBufferPointer(rebasing: text[start..<start + length])),
            // The mark of a control token is no word that letters form.
            !vocabulary.kind(of: token).isHidden
        else { return .none }
        return Merge(priority: priorities[Int(token)], id: token)
    }

    private static func priority(ofScore score: Float) -> UInt32 {
        let bits = (score + 0).bitPattern  // makes -0 and 0 equal
        let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
        return score.isNaN ? .max - 1 : min(~ascending, .max - 1)
    }
}

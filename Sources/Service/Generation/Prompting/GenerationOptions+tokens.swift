import Options
package import Sampling
import Tensors
package import Tokenization

extension GenerationOptions {
    /// Whether `sampling(with:)` looks at every token of the vocabulary.
    package var searchesVocabulary: Bool { sampling.dryMultiplier > 0 }

    /// How tokens are chosen, with the texts among the options turned into tokens.
    /// - Throws: `promptFailed` where texts to bias have too many tokens.
    package func sampling(with tokenizer: any Tokenizer) throws(GenerationError) -> SamplingParameters {
        var result = sampling
        // In one order, as sums of floats depend on it.
        for (text, bias) in (self.logitBias?.texts ?? [:]).sorted(by: { $0.key < $1.key }) {
            for token in Set(tokenizer.encode(text, .none)) { result.logitBias[token, default: 0] += bias }
        }
        // Each costs time at each token.
        guard result.logitBias.count <= 4 * TokenBiases.limit else {
            throw .promptFailed("the texts of \"logit_bias\" have more than \(4 * TokenBiases.limit) tokens")
        }
        if result.dryMultiplier > 0 {
            result.dryBreakers = SequenceBreakers(value(OptionCatalog.shared.drySequenceBreakers) ?? [], tokenizer)
        }
        return result
    }
}

extension SequenceBreakers {
    private static let (mostTexts, longestText, longestTail) = (32, 40, 20)

    /// The tokens in which a text stands, and the sequences of tokens whose first ends with the beginning of one. Long texts
    /// are cut, and long lists, as each text is looked for in the whole vocabulary.
    package init(_ texts: [String], _ tokenizer: any Tokenizer) {
        self.init()
        var breakers = [[Breaker]](repeating: [], count: 256)
        for text in texts.prefix(Self.mostTexts) {
            guard let first = text.utf8.first else { continue }
            breakers[Int(first)].append(
                Breaker(text.utf8.prefix(Self.longestText), tokenizer, longestTail: Self.longestTail))
        }
        for index in 0..<tokenizer.vocabulary.count {
            let token = TokenID(index)
            let piece = tokenizer.bytes(of: token, showingSpecial: true)
            for start in piece.indices {
                for breaker in breakers[Int(piece[start])] {
                    guard let tail = breaker.tail(after: piece[start...]) else { continue }
                    insert(token, then: tail)
                }
            }
        }
    }
}

/// A text that breaks sequences.
private struct Breaker {
    private let bytes: [UInt8]
    /// The tokens of the text without its first bytes, by their number.
    private let rests: [[TokenID]]

    init(_ bytes: some Sequence<UInt8>, _ tokenizer: any Tokenizer, longestTail: Int) {
        let bytes = Array(bytes)
        self.bytes = bytes
        rests = bytes.indices.map { start in
            Array(bytes[start...].withUnsafeBytes { tokenizer.encode(bytes: $0, .none) }.prefix(longestTail))
        }
    }

    /// What has to follow a token that ends with `end`: nothing where all of this text stands there, nil where it does not
    /// begin so.
    func tail(after end: ArraySlice<UInt8>) -> [TokenID]? {
        let common = zip(end, bytes).prefix { $0 == $1 }.count
        if common == bytes.count { return [] }
        return common == end.count ? rests[common] : nil
    }
}

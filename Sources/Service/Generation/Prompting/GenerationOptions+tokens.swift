import Options
package import Sampling
import Tensors
package import Tokenization

extension GenerationOptions {
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
        let breakers = texts.prefix(Self.mostTexts).map { Breaker($0.utf8.prefix(Self.longestText), tokenizer) }
        for index in 0..<tokenizer.vocabulary.count {
            let token = TokenID(index)
            let piece = tokenizer.bytes(of: token, showingSpecial: true)
            for breaker in breakers {
                if breaker.stands(in: piece) {
                    insert([token])
                } else {
                    for tail in breaker.tails(after: piece) { insert([token] + tail.prefix(Self.longestTail)) }
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

    init(_ bytes: some Sequence<UInt8>, _ tokenizer: any Tokenizer) {
        let bytes = Array(bytes)
        self.bytes = bytes
        rests = bytes.indices.map { start in
            bytes[start...].withUnsafeBytes { tokenizer.encode(bytes: $0, .none) }
        }
    }

    func stands(in piece: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        return piece.indices.contains { piece[$0] == first && piece[$0...].starts(with: bytes) }
    }

    /// What follows where `piece` ends with the beginning of this text.
    func tails(after piece: ArraySlice<UInt8>) -> [[TokenID]] {
        guard bytes.count > 1 else { return [] }
        return (1..<bytes.count).filter { piece.count >= $0 && piece.suffix($0).elementsEqual(bytes.prefix($0)) }
            .map { rests[$0] }
    }
}

import Chat
import Sampling
import Tensors
import Tokenization

/// From tokens to parts: bytes to characters, the end at a stop string, then the model's own marks.
struct TextPipeline: Sendable {
    private let tokenizer: any Tokenizer
    private let reportsProbabilities: Bool
    private let marks: Set<TokenID>
    private var decoder: IncrementalDecoder
    private var filter: StopSequenceFilter
    private var parser: any OutputParser

    /// - Parameter marks: tokens whose texts the parser must see also where they are control tokens.
    init(
        _ tokenizer: any Tokenizer, stops: [String], parser: any OutputParser, marks: Set<TokenID> = [],
        reportsProbabilities: Bool = false
    ) {
        self.tokenizer = tokenizer
        self.reportsProbabilities = reportsProbabilities
        self.marks = marks
        decoder = IncrementalDecoder(tokenizer)
        filter = StopSequenceFilter(stops)
        self.parser = parser
    }

    /// A stop string was found: no more tokens are wanted.
    var isStopped: Bool { filter.isStopped }
    /// The stop string that was found.
    var stopSequence: String? { filter.found }

    /// The parts that are certain with `token`. Its log-probability comes with the first of them, or with an empty one.
    mutating func push(_ token: SampledToken) -> [GenerationEvent] {
        let bytes = tokenizer.bytes(of: token.token, showingSpecial: marks.contains(token.token))
        let parts = parser.push(filter.push(decoder.append(bytes)))
        guard reportsProbabilities, let probability = logProbability(token) else {
            return parts.map { .part($0, []) }
        }
        return events(parts.isEmpty ? [.content("")] : parts, [probability])
    }

    /// What was held back, now that no more tokens come.
    mutating func finish() -> [GenerationEvent] {
        var rest = ""
        if !filter.isStopped { rest = filter.push(decoder.finish()) + filter.finish() }
        let parts = (rest.isEmpty ? [] : parser.push(rest)) + parser.finish()
        return parts.map { .part($0, []) }
    }

    private func events(_ parts: [OutputPart], _ probabilities: [TokenLogProbability]) -> [GenerationEvent] {
        parts.enumerated().map { .part($1, $0 == 0 ? probabilities : []) }
    }

    /// The tokens of a prompt.
    /// - Parameter probabilities: from its second token on, or none.
    func promptTokens(_ prompt: [TokenID], _ probabilities: [SampledToken]) -> [PromptToken] {
        prompt.enumerated().map { index, token in
            let isKnown = probabilities.indices.contains(index - 1)
            return PromptToken(
                bytes: bytes(token), probability: isKnown ? logProbability(probabilities[index - 1]) : nil)
        }
    }

    private func bytes(_ token: TokenID) -> [UInt8] { Array(tokenizer.bytes(of: token, showingSpecial: true)) }

    private func logProbability(_ token: SampledToken) -> TokenLogProbability? {
        guard let logProbability = token.logProbability else { return nil }
        return TokenLogProbability(
            bytes: bytes(token.token), logProbability: logProbability,
            alternatives: token.alternatives.map {
                TokenLogProbability.Alternative(bytes: bytes($0.token), logProbability: $0.logProbability)
            })
    }
}

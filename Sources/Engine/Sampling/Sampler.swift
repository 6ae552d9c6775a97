package import Tensors

/// Chooses the next token of one sequence. The same seed and the same logits give the same tokens.
package struct Sampler: Sendable {
    private var stages: [any SamplingStage]
    private var random: RandomSource
    private let alternatives: Int?

    /// - Parameters:
    ///   - history: the prompt, for the penalties.
    ///   - alternatives: how many likely tokens to report with each choice; nil reports no log-probabilities.
    ///   - contextLength: what `repeatLastN` -1 stands for.
    package init(
        _ parameters: SamplingParameters, history: [TokenID] = [], alternatives: Int? = nil, contextLength: Int
    ) {
        stages = parameters.stages(contextLength: contextLength)
        random = RandomSource(seed: parameters.seed ?? UInt64.random(in: .min ... .max))
        self.alternatives = alternatives.map { max($0, 0) }
        for token in history { accept(token) }
    }

    /// Takes note of a token that follows, for the penalties.
    package mutating func accept(_ token: TokenID) {
        for index in stages.indices { stages[index].accept(token) }
    }

    /// Chooses a token from the logits of the whole vocabulary, which it may change.
    /// - Returns: nil where no logit is a number.
    package mutating func sample(_ logits: UnsafeMutableBufferPointer<Float>) -> SampledToken? {
        let reported = alternatives == nil ? nil : LogProbabilities(of: UnsafeBufferPointer(logits))
        var candidates = Candidates(logits)
        for index in stages.indices { stages[index].apply(to: &candidates, random: &random) }
        guard let chosen = choose(from: &candidates) else { return nil }
        return SampledToken(
            token: chosen.token, logProbability: reported?[chosen.token],
            alternatives: reported?.top(alternatives ?? 0) ?? [])
    }

    private mutating func choose(from candidates: inout Candidates) -> Candidate? {
        let entries = candidates.all
        guard entries.count > 1 else { return entries.first }
        var rest = random.nextUnit()
        for (candidate, probability) in zip(entries, Candidates.probabilities(of: entries)) {
            rest -= probability
            if rest < 0 { return candidate }
        }
        return candidates.best
    }
}

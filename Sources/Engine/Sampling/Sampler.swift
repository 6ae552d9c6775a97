package import Tensors

/// Chooses the next token of one sequence. The same seed and the same logits give the same tokens.
package struct Sampler: Sendable {
    private var constraints: [any TokenConstraint]
    private var stages: [any SamplingStage]
    private var random: RandomSource
    private let alternatives: Int?

    /// - Parameters:
    ///   - history: the prompt, for the penalties.
    ///   - alternatives: how many likely tokens to report with each choice; nil reports no log-probabilities.
    ///   - contextLength: what `repeatLastN` -1 stands for.
    ///   - constraints: what the answer is held to; each leaves a token that the others let follow.
    package init(
        _ parameters: SamplingParameters, history: [TokenID] = [], alternatives: Int? = nil, contextLength: Int,
        constraints: [any TokenConstraint] = []
    ) {
        self.constraints = constraints
        stages = parameters.stages(contextLength: contextLength)
        random = RandomSource(seed: parameters.seed ?? UInt64.random(in: .min ... .max))
        self.alternatives = alternatives.map { max($0, 0) }
        for token in history { note(token) }
    }

    /// Takes note of a token of the answer.
    package mutating func accept(_ token: TokenID) throws(SamplingError) {
        for index in constraints.indices { try constraints[index].accept(token) }
        note(token)
    }

    private mutating func note(_ token: TokenID) {
        for index in stages.indices { stages[index].accept(token) }
    }

    /// Chooses a token from the logits of the whole vocabulary, which it may change. The log-probabilities that it reports
    /// are the model's own.
    package mutating func sample(_ logits: UnsafeMutableBufferPointer<Float>) throws(SamplingError) -> SampledToken {
        let reported = alternatives == nil ? nil : LogProbabilities(of: UnsafeBufferPointer(logits))
        for index in constraints.indices { try constraints[index].restrict(logits) }
        var candidates = Candidates(logits)
        for index in stages.indices { stages[index].apply(to: &candidates, random: &random) }
        guard let chosen = choose(from: &candidates) else { throw .notANumber }
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

package import Tensors

/// One step from all tokens of the vocabulary to the few that may be chosen.
package protocol SamplingStage: Sendable {
    /// Removes candidates or changes their logits; at least one candidate stays.
    /// - Parameter random: the sampler's own numbers: what a stage leaves to chance, the seed repeats.
    mutating func apply(to candidates: inout Candidates, random: inout RandomSource)
    /// Takes note of a token of the prompt or of the answer.
    mutating func accept(_ token: TokenID)
}

extension SamplingStage {
    package mutating func accept(_ token: TokenID) {}
}

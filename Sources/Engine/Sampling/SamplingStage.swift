package import Tensors

/// One step from all tokens of the vocabulary to the few that may be chosen.
package protocol SamplingStage: Sendable {
    /// Removes candidates or changes their logits; at least one candidate stays.
    mutating func apply(to candidates: inout Candidates)
    /// Takes note of a token of the prompt or of the answer.
    mutating func accept(_ token: TokenID)
}

extension SamplingStage {
    package mutating func accept(_ token: TokenID) {}
}

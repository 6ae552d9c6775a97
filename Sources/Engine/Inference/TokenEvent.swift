package import Sampling

package enum FinishReason: Hashable, Sendable {
    /// A stop token was chosen.
    case stop
    /// `maximumTokens` was reached, or the context is full and shifting is off.
    case length
}

/// What the engine tells the reader of a sequence.
package enum TokenEvent: Sendable {
    case token(SampledToken)
    case finished(FinishReason, SequenceStatistics)
}

/// Counts and times of one sequence, filled in when it ends.
package struct SequenceStatistics: Hashable, Sendable {
    package var promptTokens = 0
    /// Prompt tokens found in the cache, not computed.
    package var cachedPromptTokens = 0
    package var generatedTokens = 0
    /// From admission to the first token.
    package var promptDuration: Duration = .zero
    /// From the first token to the last.
    package var generationDuration: Duration = .zero

    package init() {}
}

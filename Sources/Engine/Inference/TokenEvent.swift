package import Tensors

/// A chosen token, with log-probabilities where they were asked for.
package struct SampledToken: Hashable, Sendable {
    package struct Alternative: Hashable, Sendable {
        package var token: TokenID
        package var logProbability: Float

        package init(token: TokenID, logProbability: Float) {
            self.token = token
            self.logProbability = logProbability
        }
    }
    package var token: TokenID
    package var logProbability: Float?
    /// Most likely first.
    package var alternatives: [Alternative]

    package init(token: TokenID, logProbability: Float? = nil, alternatives: [Alternative] = []) {
        self.token = token
        self.logProbability = logProbability
        self.alternatives = alternatives
    }
}

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

package import Sampling
package import Tensors

/// A sequence of one engine; later ones have larger numbers.
package struct SequenceID: Hashable, Comparable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// What the engine is asked to continue.
///
/// It is for programs whose outputs are logits; rows of whole texts come from an `EmbeddingEngine`.
package struct SequenceRequest: Sendable {
    /// The whole prompt; at least one token.
    package var prompt: [TokenID]
    /// Nil generates until a stop token, or the context's end where shifting is off.
    package var maximumTokens: Int?
    package var sampling: SamplingParameters
    /// Tokens that end the answer; they are not delivered.
    package var stopTokens: Set<TokenID>
    /// How many alternatives to report with each token; nil reports no log-probabilities.
    package var alternatives: Int?
    /// How many alternatives to report with each token of the prompt but the first; nil reports nothing of the prompt.
    /// Then none of it is taken from the cache; and without tokens of an answer, the prompt's are all there is.
    package var promptAlternatives: Int?
    /// When the context is full: keep the first `numKeep` tokens and the last half of the others, and go on.
    package var shiftsContext: Bool
    package var numKeep: Int
    /// Positions that the sequence may have, prompt and answer; nil or more than the engine's context: all of it.
    package var contextLength: Int?
    /// Tokens that are guessed ahead at a time at most: 0 none, nil as many as the engine likes. Changes no answer.
    package var maximumDraft: Int?
    /// What the answer is held to.
    package var constraints: [any TokenConstraint]

    package init(
        prompt: [TokenID], maximumTokens: Int? = nil, sampling: SamplingParameters = .init(),
        stopTokens: Set<TokenID> = [], alternatives: Int? = nil, promptAlternatives: Int? = nil,
        shiftsContext: Bool = true, numKeep: Int = 4, contextLength: Int? = nil, maximumDraft: Int? = nil,
        constraints: [any TokenConstraint] = []
    ) {
        self.prompt = prompt
        self.maximumTokens = maximumTokens
        self.sampling = sampling
        self.stopTokens = stopTokens
        self.alternatives = alternatives
        self.promptAlternatives = promptAlternatives
        self.shiftsContext = shiftsContext
        self.numKeep = numKeep
        self.contextLength = contextLength
        self.maximumDraft = maximumDraft
        self.constraints = constraints
    }
}

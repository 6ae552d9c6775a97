package import Chat

/// What a generation tells its reader, in order; `finished` comes once, last.
package enum GenerationEvent: Sendable {
    /// All tokens of the prompt, where the request has a `promptReport`. It comes once, first.
    case prompt([PromptToken])
    /// A piece of the answer, with the log-probabilities of the tokens read since the last part where they were asked for.
    /// The text may be empty: the parser holds it back, and the log-probabilities are due.
    case part(OutputPart, [TokenLogProbability])
    case finished(GenerationSummary)
}

/// The log-probability of a token of the answer, and of the likeliest others.
package struct TokenLogProbability: Hashable, Sendable {
    package struct Alternative: Hashable, Sendable {
        package var bytes: [UInt8]
        package var logProbability: Float

        package init(bytes: [UInt8], logProbability: Float) {
            self.bytes = bytes
            self.logProbability = logProbability
        }
    }
    package var bytes: [UInt8]
    package var logProbability: Float
    package var alternatives: [Alternative]

    package init(bytes: [UInt8], logProbability: Float, alternatives: [Alternative]) {
        self.bytes = bytes
        self.logProbability = logProbability
        self.alternatives = alternatives
    }
}

/// A token of the prompt.
package struct PromptToken: Hashable, Sendable {
    /// Its text, also where it is a control token.
    package var bytes: [UInt8]
    /// Nil for the first, and where none were asked for.
    package var probability: TokenLogProbability?

    package init(bytes: [UInt8], probability: TokenLogProbability? = nil) {
        self.bytes = bytes
        self.probability = probability
    }
}

package struct GenerationSummary: Hashable, Sendable {
    package enum Reason: String, Sendable {
        case stop, length
    }
    package var reason: Reason
    /// The stop string that ended the answer; nil where none did.
    package var stopSequence: String?
    /// Tokens of the prompt, those found in the cache included.
    package var promptTokens: Int
    package var cachedPromptTokens: Int
    /// Nil where all of the prompt went to the model.
    package var promptCut: PromptCut?
    package var generatedTokens: Int
    package var loadDuration: Duration
    package var promptDuration: Duration
    package var generationDuration: Duration
    package var totalDuration: Duration
    /// Prompt and answer as tokens, for `context` of `/api/generate`.
    package var context: [Int32]
    /// Tokens that were guessed ahead, and those of them that the model chose.
    package var draftedTokens: Int
    package var acceptedTokens: Int

    package init(
        reason: Reason, stopSequence: String? = nil, promptTokens: Int, cachedPromptTokens: Int = 0,
        promptCut: PromptCut? = nil,
        generatedTokens: Int, loadDuration: Duration, promptDuration: Duration, generationDuration: Duration,
        totalDuration: Duration, context: [Int32],
        draftedTokens: Int = 0, acceptedTokens: Int = 0
    ) {
        self.reason = reason
        self.stopSequence = stopSequence
        self.promptTokens = promptTokens
        self.cachedPromptTokens = cachedPromptTokens
        self.promptCut = promptCut
        self.generatedTokens = generatedTokens
        self.loadDuration = loadDuration
        self.promptDuration = promptDuration
        self.generationDuration = generationDuration
        self.totalDuration = totalDuration
        self.context = context
        self.draftedTokens = draftedTokens
        self.acceptedTokens = acceptedTokens
    }
}

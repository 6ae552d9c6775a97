/// Counts and times of one sequence: as they stand with each of its tokens, and whole when it has ended.
package struct SequenceStatistics: Hashable, Sendable {
    package var promptTokens = 0
    /// Prompt tokens found in the cache, not computed.
    package var cachedPromptTokens = 0
    package var generatedTokens = 0
    package var drafts = DraftCounts()
    /// From admission to the first token.
    package var promptDuration: Duration = .zero
    /// From the first token to the last.
    package var generationDuration: Duration = .zero

    package init() {}
}

/// How drafts fared: guesses of tokens that were verified by the model, several at a step.
package struct DraftCounts: Hashable, Sendable {
    /// Drafts that were verified.
    package private(set) var drafts = 0
    /// Tokens of them.
    package private(set) var drafted = 0
    /// Tokens that the model chose too.
    package private(set) var accepted = 0
    /// Rows that are computed again, as a refused draft had changed a state that cannot go back.
    package private(set) var lostRows = 0

    package init() {}

    /// The counts of one draft.
    package init(drafted: Int, accepted: Int, lostRows: Int = 0) {
        drafts = 1
        self.drafted = drafted
        self.accepted = accepted
        self.lostRows = lostRows
    }

    package static func += (left: inout Self, right: Self) {
        left.drafts += right.drafts
        left.drafted += right.drafted
        left.accepted += right.accepted
        left.lostRows += right.lostRows
    }

    /// The share of drafted tokens that were accepted; nil without drafts.
    package var acceptance: Double? { drafted > 0 ? Double(accepted) / Double(drafted) : nil }
}

/// What an engine has done since it started, and what it holds now.
package struct EngineStatistics: Hashable, Sendable {
    package var runningSequences = 0
    package var waitingSequences = 0
    /// Running or waiting sequences whose readers are behind.
    package var pausedSequences = 0
    /// Of all cache groups.
    package var usedBlocks = 0
    /// Blocks whose content can be found again, used or not.
    package var cachedBlocks = 0
    package var blockCount = 0
    /// Blocks of the draft model's cache that running sequences use.
    package var usedDraftBlocks = 0
    package var steps = 0
    /// Rows of prompts that were computed, those computed anew after a preemption or a shift included.
    package var promptRows = 0
    package var cachedPromptTokens = 0
    package var generatedTokens = 0
    package var drafts = DraftCounts()
    package var preemptions = 0
    package var failedSteps = 0
    /// Time spent in steps.
    package var busy: Duration = .zero

    package init() {}
}

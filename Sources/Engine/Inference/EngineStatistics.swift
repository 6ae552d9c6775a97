/// What an engine has done since it started, and what it holds now.
package struct EngineStatistics: Hashable, Sendable {
    package var runningSequences = 0
    package var waitingSequences = 0
    /// Running or waiting sequences whose readers are behind.
    package var pausedSequences = 0
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

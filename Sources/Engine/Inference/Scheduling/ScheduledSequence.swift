import Compute
import Tensors

/// A sequence as the scheduler sees it: tokens that are known, and how many of them are computed (lie in the cache).
/// There is no phase: a prompt, an answer and a preempted sequence differ only in how many rows they have to catch up.
///
/// At least the newest token is always pending.
struct ScheduledSequence: Sendable {
    let id: SequenceID
    /// Positions that it may have.
    let limit: Int
    private let maximumTokens: Int?
    private let stopTokens: Set<TokenID>
    private let shiftsContext: Bool
    private let numKeep: Int
    private let promptAlternatives: Int
    /// Nothing is wanted but what the model says of the prompt.
    let onlyScoresPrompt: Bool
    /// Rows of the prompt that are yet to say something of the tokens after them.
    private(set) var unscored: Range<Int>

    var cache: CachedTokens
    /// Rows of prompts that others were given while it waited for its own.
    var rowsOfOthers = 0
    private var wasAdmitted = false
    /// The reader is behind.
    var isPaused = false
    private(set) var statistics = SequenceStatistics()
    private var tokenCount: Int { cache.tokens.count }

    /// - Parameter limit: positions that the engine has for any sequence.
    init(_ id: SequenceID, _ request: SequenceRequest, limit: Int, _ pools: BlockPools) {
        self.id = id
        self.limit = min(limit, max(request.contextLength ?? limit, 4))
        maximumTokens = request.maximumTokens
        stopTokens = request.stopTokens
        shiftsContext = request.shiftsContext
        numKeep = request.numKeep < 0 ? request.prompt.count : request.numKeep
        promptAlternatives = request.promptAlternatives ?? 0
        unscored = 0..<(request.promptAlternatives == nil ? 0 : max(request.prompt.count - 1, 0))
        onlyScoresPrompt = !unscored.isEmpty && request.maximumTokens.map { $0 <= 0 } ?? false
        cache = CachedTokens(request.prompt, pools)
        statistics.promptTokens = request.prompt.count
    }

    /// Has only its newest token to compute, and those before it that a refused draft has lost.
    var isGenerating: Bool { statistics.generatedTokens > 0 && cache.pending == 1 + cache.lostRows }

    /// Rows that are to be computed.
    var pending: Int { onlyScoresPrompt ? unscored.upperBound - cache.computed : cache.pending }

    /// Takes over what others computed, but no row that is yet to be scored.
    mutating func adopt(from pools: inout BlockPools) {
        cache.adopt(from: &pools, upTo: unscored.isEmpty ? .max : unscored.lowerBound)
    }

    // MARK: Scores

    /// Rows after the computed ones of which at most `outputs` have results that are wanted.
    func rowLimit(outputs: Int) -> Int {
        unscored.isEmpty ? .max : max(unscored.lowerBound - cache.computed, 0) + outputs
    }

    /// What the next `rows` rows say of the prompt, nil where that is nothing.
    /// - Parameter output: the output of the first of them.
    func score(rows: Int, firstOutput output: Int) -> BatchPlan.Score? {
        let scored = (cache.computed..<cache.computed + rows).clamped(to: unscored)
        guard !scored.isEmpty else { return nil }
        return BatchPlan.Score(
            sequence: id, positions: scored, rows: output..<output + scored.count,
            tokens: Array(cache.tokens[scored.lowerBound + 1...scored.upperBound]), alternatives: promptAlternatives)
    }

    mutating func noteScore(_ score: BatchPlan.Score) {
        unscored = score.positions.upperBound..<unscored.upperBound
    }

    // MARK: Tokens

    /// The tokens of `draft` that can become part of the answer and its context: they end before a stop token, and
    /// leave the last token that is wanted to the model.
    func usable(_ draft: [TokenID]) -> ArraySlice<TokenID> {
        let wanted = maximumTokens.map { $0 - statistics.generatedTokens - 1 } ?? .max
        let room = max(min(wanted, limit - tokenCount), 0)
        return draft.prefix { !stopTokens.contains($0) }.prefix(min(room, cache.draftLimit))
    }

    /// It runs, and what it found in the cache is known.
    mutating func noteAdmission() {
        if !wasAdmitted { statistics.cachedPromptTokens = cache.computed }
        wasAdmitted = true
    }

    mutating func noteDraft(_ draft: DraftCounts) { statistics.drafts += draft }

    /// Adds a chosen token.
    /// - Returns: whether it is delivered, and why the sequence ends if it does.
    mutating func append(_ token: TokenID) -> (isDelivered: Bool, end: FinishReason?) {
        statistics.generatedTokens += 1
        guard !stopTokens.contains(token) else { return (false, .stop) }
        cache.append(token)
        if let maximumTokens, statistics.generatedTokens >= maximumTokens { return (true, .length) }
        if tokenCount > limit, !shiftsContext { return (true, .length) }
        return (true, nil)
    }

    /// Makes room in a full context: keeps the first `numKeep` tokens and drops half of the others, the oldest. The kept
    /// ones move, so they are computed anew.
    mutating func shift(releasingTo pools: inout BlockPools) {
        let kept = min(numKeep, max(limit - 4, 0))
        let dropped = max((tokenCount - kept) / 2, 1)
        cache.remove(kept..<kept + dropped, releasingTo: &pools)
    }
}

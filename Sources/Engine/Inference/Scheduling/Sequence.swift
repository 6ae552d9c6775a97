import Compute
import Tensors

/// A sequence as the scheduler sees it: tokens that are known, and how many of them are computed (lie in the cache).
/// There is no phase: a prompt, an answer and a preempted sequence differ only in how many rows they have to catch up.
struct Sequence: Sendable {
    let id: SequenceID
    /// Positions that it may have.
    let limit: Int
    private let maximumTokens: Int?
    private let stopTokens: Set<TokenID>
    private let shiftsContext: Bool
    private let numKeep: Int

    private(set) var cache: CachedTokens
    private var wasAdmitted = false
    /// The reader is behind.
    var isPaused = false
    private(set) var statistics = SequenceStatistics()

    /// - Parameter limit: positions that the engine has for any sequence.
    init(_ id: SequenceID, _ request: SequenceRequest, blockTokens: Int, limit: Int) {
        self.id = id
        self.limit = min(limit, max(request.contextLength ?? limit, 4))
        maximumTokens = request.maximumTokens
        stopTokens = request.stopTokens
        shiftsContext = request.shiftsContext
        numKeep = request.numKeep < 0 ? request.prompt.count : request.numKeep
        cache = CachedTokens(request.prompt, blockTokens: blockTokens)
        statistics.promptTokens = request.prompt.count
    }

    var tokens: [TokenID] { cache.tokens }
    var computed: Int { cache.computed }
    /// Between steps always as many as `computed` tokens need.
    var blocks: [BlockID] { cache.blocks }
    /// Known tokens that are not computed: at least one, as the newest never is.
    var pending: Int { cache.pending }
    /// Has only its newest token to compute.
    var isGenerating: Bool { pending == 1 && statistics.generatedTokens > 0 }

    /// The tokens of `draft` that can become part of the answer and its context: they end before a stop token, and leave the
    /// last token that is wanted to the model.
    func usable(_ draft: [TokenID]) -> ArraySlice<TokenID> {
        let wanted = maximumTokens.map { $0 - statistics.generatedTokens - 1 } ?? .max
        let room = max(min(wanted, limit - tokens.count), 0)
        return draft.prefix { !stopTokens.contains($0) }.prefix(room)
    }

    /// The name of the block that the next row is written to.
    mutating func nameOfNextBlock() -> BlockHash? { cache.nameOfNextBlock() }

    /// Takes blocks over that others computed.
    mutating func adoptCachedBlocks(from pool: inout KVBlockPool) {
        cache.adoptBlocks(from: &pool)
        if !wasAdmitted { statistics.cachedPromptTokens = computed }
    }

    mutating func noteAdmission() { wasAdmitted = true }

    /// Adds blocks for `rows` rows after the computed ones; false where the pool has not so many.
    mutating func reserve(rows: Int, from pool: inout KVBlockPool) -> Bool { cache.reserve(rows: rows, from: &pool) }

    /// `rows` more tokens are in the cache; full blocks are published.
    mutating func advance(by rows: Int, publishingTo pool: inout KVBlockPool) {
        cache.advance(by: rows, publishingTo: &pool)
    }

    /// Adds a chosen token.
    /// - Returns: whether it is delivered, and why the sequence ends if it does.
    mutating func append(_ token: TokenID) -> (isDelivered: Bool, end: FinishReason?) {
        statistics.generatedTokens += 1
        guard !stopTokens.contains(token) else { return (false, .stop) }
        cache.append(token)
        if let maximumTokens, statistics.generatedTokens >= maximumTokens { return (true, .length) }
        if tokens.count > limit, !shiftsContext { return (true, .length) }
        return (true, nil)
    }

    /// Gives back what a draft that was refused had taken.
    mutating func releaseSpareBlocks(to pool: inout KVBlockPool) { cache.releaseSpareBlocks(to: &pool) }

    /// Gives all blocks back; everything will be computed anew, or found in the cache.
    mutating func releaseBlocks(to pool: inout KVBlockPool) { cache.releaseBlocks(to: &pool) }

    /// Makes room in a full context: keeps the first `numKeep` tokens and drops half of the others, the oldest. The kept
    /// ones move, so they are computed anew.
    mutating func shift(releasingTo pool: inout KVBlockPool) {
        let kept = min(numKeep, max(limit - 4, 0))
        let dropped = max((tokens.count - kept) / 2, 1)
        cache.remove(kept..<kept + dropped, releasingTo: &pool)
    }
}

import Compute
import Tensors

/// A sequence as the scheduler sees it: tokens that are known, and how many of them are computed (lie in the cache).
/// There is no phase: a prompt, an answer and a preempted sequence differ only in how many rows they have to catch up.
struct Sequence: Sendable {
    let id: SequenceID
    private let maximumTokens: Int?
    private let stopTokens: Set<TokenID>
    private let shiftsContext: Bool
    private let numKeep: Int
    private let blockTokens: Int

    private(set) var tokens: [TokenID]
    private(set) var computed = 0
    /// Always as many as `computed` tokens need.
    private(set) var blocks: [BlockID] = []
    /// Names of the known full blocks, filled as they are asked for.
    private var names: [BlockHash] = []
    /// Blocks from the start that others may find.
    private var publishedBlocks = 0
    private var wasAdmitted = false
    /// The reader is behind.
    var isPaused = false
    private(set) var statistics = SequenceStatistics()

    init(_ id: SequenceID, _ request: SequenceRequest, blockTokens: Int) {
        self.id = id
        maximumTokens = request.maximumTokens
        stopTokens = request.stopTokens
        shiftsContext = request.shiftsContext
        numKeep = request.numKeep < 0 ? request.prompt.count : request.numKeep
        tokens = request.prompt
        self.blockTokens = blockTokens
        statistics.promptTokens = request.prompt.count
    }

    /// Known tokens that are not computed: at least one, as the newest never is.
    var pending: Int { tokens.count - computed }
    /// Has only its newest token to compute.
    var isGenerating: Bool { pending == 1 && statistics.generatedTokens > 0 }
    var isAtBlockStart: Bool { computed % blockTokens == 0 }

    /// The name of block `index`, nil where not all of its tokens are known.
    mutating func name(ofBlock index: Int) -> BlockHash? {
        guard (index + 1) * blockTokens <= tokens.count else { return nil }
        while names.count <= index {
            names.append(BlockHash(after: names.last, tokens(ofBlock: names.count)))
        }
        return names[index]
    }

    /// The name of the block that the next row is written to.
    mutating func nameOfNextBlock() -> BlockHash? { name(ofBlock: computed / blockTokens) }

    /// Takes blocks over that others computed. The last known token is always computed, for its logits.
    mutating func adoptCachedBlocks(from pool: inout KVBlockPool) {
        guard isAtBlockStart else { return }
        while computed + blockTokens < tokens.count, let name = nameOfNextBlock(),
            let block = pool.block(holding: tokens(ofBlock: blocks.count), named: name)
        {
            pool.retain(block)
            blocks.append(block)
            computed += blockTokens
            publishedBlocks = blocks.count
        }
        if !wasAdmitted { statistics.cachedPromptTokens = computed }
    }

    mutating func noteAdmission() { wasAdmitted = true }

    mutating func append(blocks more: [BlockID]) { blocks += more }

    /// `rows` more tokens are in the cache; full blocks are published.
    mutating func advance(by rows: Int, publishingTo pool: inout KVBlockPool) {
        computed += rows
        while (publishedBlocks + 1) * blockTokens <= computed, let name = name(ofBlock: publishedBlocks) {
            pool.publish(blocks[publishedBlocks], holding: tokens(ofBlock: publishedBlocks), as: name)
            publishedBlocks += 1
        }
    }

    /// Adds a chosen token.
    /// - Returns: whether it is delivered, and why the sequence ends if it does.
    mutating func append(_ token: TokenID, limit: Int) -> (isDelivered: Bool, end: FinishReason?) {
        statistics.generatedTokens += 1
        guard !stopTokens.contains(token) else { return (false, .stop) }
        tokens.append(token)
        if let maximumTokens, statistics.generatedTokens >= maximumTokens { return (true, .length) }
        if tokens.count > limit, !shiftsContext { return (true, .length) }
        return (true, nil)
    }

    /// Gives all blocks back; everything will be computed anew, or found in the cache.
    mutating func releaseBlocks(to pool: inout KVBlockPool) {
        pool.release(blocks)
        blocks = []
        computed = 0
        publishedBlocks = 0
    }

    /// Makes room in a full context: keeps the first `numKeep` tokens and drops half of the others, the oldest. The kept
    /// ones move, so they are computed anew.
    mutating func shift(limit: Int, releasingTo pool: inout KVBlockPool) {
        releaseBlocks(to: &pool)
        let kept = min(numKeep, max(limit - 4, 0))
        let dropped = max((tokens.count - kept) / 2, 1)
        tokens.removeSubrange(kept..<kept + dropped)
        names.removeAll()
    }

    private func tokens(ofBlock index: Int) -> ArraySlice<TokenID> {
        tokens[index * blockTokens..<(index + 1) * blockTokens]
    }
}

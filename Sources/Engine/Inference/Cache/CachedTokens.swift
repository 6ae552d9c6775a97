import Compute
import Tensors

/// The tokens of a sequence, and what the cache holds of those that are computed.
struct CachedTokens: Sendable {
    private let blockTokens: Int
    private(set) var tokens: [TokenID]
    private(set) var computed = 0
    /// Tokens after the computed ones whose rows were right, and were lost when a step was taken back: a state cannot go
    /// back to the last of them.
    private(set) var lostRows = 0
    private var groups: [GroupCache]
    /// Names of the known full blocks, filled as they are asked for.
    private var names: [BlockHash] = []
    /// Blocks from the start that were offered to others.
    private var publishedBlocks = 0

    private let hasStates: Bool
    /// Tokens that were given, not chosen.
    private var givenTokens: Int
    /// Ends of blocks after which other texts go on in another way.
    private var branches: Set<Int> = []
    /// The latest snapshot of the state among the chosen tokens.
    private var answerSnapshot: BlockHash?

    init(_ tokens: [TokenID], _ pools: BlockPools) {
        self.tokens = tokens
        blockTokens = pools.blockTokens
        groups = pools.policies.map { GroupCache($0) }
        hasStates = pools.policies.contains(.state)
        givenTokens = tokens.count
    }

    /// Known tokens that are not computed.
    var pending: Int { tokens.count - computed }

    /// The referenced blocks, by group.
    var held: [[BlockID]] { groups.map(\.held) }

    var holdsBlocks: Bool { groups.contains { !$0.isEmpty } }

    mutating func append(_ token: TokenID) { tokens.append(token) }

    // MARK: Blocks of others

    /// The name of the block that the next row is written to, nil where not all of its tokens are known.
    mutating func nameOfNextBlock() -> BlockHash? { name(ofBlock: computed / blockTokens) }

    /// Takes over what others computed: up to the last block at which every group of the cache can go on. The last known
    /// token is always computed, for its logits.
    /// - Parameter limit: positions that may be taken over.
    mutating func adopt(from pools: inout BlockPools, upTo limit: Int = .max) {
        precondition(groups.allSatisfy { $0.target == nil }, "a step runs")
        let first = computed / blockTokens
        var end = min(tokens.count - 1, limit) / blockTokens
        guard computed % blockTokens == 0, first < end else { return }
        _ = name(ofBlock: end - 1)
        let find = { [tokens, names, blockTokens] (index: Int, pool: BlockPool) in
            pool.block(holding: tokens[index * blockTokens..<(index + 1) * blockTokens], named: names[index])
        }
        for (group, cache) in groups.enumerated() where cache.policy == .full {
            end = (first..<end).first { find($0, pools[group]) == nil } ?? end
        }
        let longest = end
        while end > first,
            !groups.indices.allSatisfy({ group in
                groups[group].policy == .full
                    || groups[group].serves(end, from: first, blockTokens: blockTokens) { find($0, pools[group]) }
            })
        {
            end -= 1
        }
        // Two texts part there: a third may too.
        if end < longest, groups.contains(where: { $0.policy == .full }) { noteBranch(at: longest * blockTokens) }
        guard end > first else { return }
        for group in groups.indices { groups[group].adopt(end, from: first, in: &pools[group], find: find) }
        computed = end * blockTokens
        publishedBlocks = end
        lostRows = 0
    }

    /// Tokens in whole blocks that begin both sequences, and leave a token of each.
    func sharedPrefix(with other: CachedTokens) -> Int {
        let same = zip(tokens, other.tokens).prefix { $0 == $1 }.count
        return min(same, tokens.count - 1, other.tokens.count - 1) / blockTokens * blockTokens
    }

    /// Lets others find what the cache will hold at `position`, the end of a block.
    mutating func noteBranch(at position: Int) {
        if position > computed { branches.insert(position) }
    }

    // MARK: A step

    /// The rows of at most `limit` that the next step should compute: with states it ends where one is to be kept, or at
    /// least at the end of a block.
    func chunk(atMost limit: Int) -> Int {
        guard hasStates, limit > 1 else { return limit }
        let end = computed + limit
        let lastBoundary = (tokens.count - 1) / blockTokens * blockTokens
        if let stop = branches.union([lastBoundary]).filter({ $0 > computed && $0 < end }).min() {
            return stop - computed
        }
        let boundary = end / blockTokens * blockTokens
        return limit < pending && boundary > computed ? boundary - computed : limit
    }

    /// Tokens that a draft can have at most: with states the step ends at the latest where the block ends, for a
    /// snapshot.
    var draftLimit: Int { hasStates ? blockTokens - 1 - computed % blockTokens : .max }

    /// Rows after the computed ones for which the cache has blocks.
    func rowLimit(in pools: BlockPools) -> Int {
        groups.indices.reduce(Int.max) { min($0, groups[$1].rowLimit(computed: computed, in: pools[$1])) }
    }

    /// Blocks of a group that are missing for a step of `rows` rows.
    /// - Parameter keepingState: the step may be taken back, in part.
    func missing(forRows rows: Int, keepingState: Bool, in pools: BlockPools, _ group: Int) -> Int {
        groups[group].missing(forRows: rows, computed: computed, keepingState: keepingState, in: pools[group])
    }

    /// Blocks of a group that the sequence lacks for its known tokens.
    func missingForTokens(in pools: BlockPools, _ group: Int) -> Int {
        groups[group].missing(forTokens: tokens.count, in: pools[group])
    }

    /// Adds blocks for `rows` rows after the computed ones.
    /// - Parameter keepingState: the step may be taken back, in part.
    /// - Returns: false where a pool has not so many; then nothing changes.
    mutating func reserve(rows: Int, keepingState: Bool = false, from pools: inout BlockPools) -> Bool {
        let fits = groups.indices.allSatisfy {
            missing(forRows: rows, keepingState: keepingState, in: pools, $0) <= pools[$0].availableCount
        }
        guard fits else { return false }
        for group in groups.indices {
            groups[group].reserve(rows: rows, computed: computed, keepingState: keepingState, from: &pools[group])
        }
        return true
    }

    /// What `rows` reserved rows may read and write.
    /// - Parameter written: rows that lie between the computed ones and these, written since the last `reserve`.
    func caches(rows: Int, after written: Int = 0) -> [Batch.SpanCache] {
        groups.map { $0.span(to: computed + written + rows, continues: written > 0, blockTokens: blockTokens) }
    }

    /// Of `written` rows after the computed ones the first `rows` are of known tokens, and count. Full blocks are
    /// published, and what lies outside of a window is given back.
    mutating func advance(by rows: Int, of written: Int, in pools: inout BlockPools) {
        precondition(rows <= pending && rows <= written, "only known tokens count as computed")
        guard rows == written || groups.allSatisfy(\.policy.canRewind) else {
            lostRows = rows
            return
        }
        computed += rows
        lostRows = max(lostRows - rows, 0)
        for group in groups.indices { groups[group].keepTarget(in: &pools[group]) }
        publishBlocks(to: &pools)
        if rows > 0 { publishState(to: &pools) }
        // A next turn goes on at the end of the prompt, or at that of the answer, another text where this one and a third
        // part: what lies elsewhere is passing.
        let ends = branches.union([endOfPrompt])
        for group in groups.indices {
            let kept = ends.map { end in
                groups[group].policy.releasable(at: end, blockTokens: blockTokens)..<end / blockTokens
            }
            groups[group].releaseOutside(of: computed, to: &pools[group]) { index in
                !kept.contains { $0.contains(index) }
            }
        }
    }

    /// Gives back the blocks after the last computed token, and what they hold is forgotten.
    mutating func releaseSpareBlocks(to pools: inout BlockPools) {
        for group in groups.indices { groups[group].releaseSpare(computed: computed, to: &pools[group]) }
    }

    /// Gives all blocks back; everything will be computed anew, or found in the cache.
    mutating func releaseBlocks(to pools: inout BlockPools) {
        for group in groups.indices { groups[group].releaseAll(to: &pools[group]) }
        computed = 0
        publishedBlocks = 0
        lostRows = 0
    }

    /// Drops tokens from the middle. Those after them move, so all are computed anew.
    mutating func remove(_ range: Range<Int>, releasingTo pools: inout BlockPools) {
        releaseBlocks(to: &pools)
        tokens.removeSubrange(range)
        names.removeAll()
        givenTokens = tokens.count
        branches = []
        answerSnapshot = nil
    }

    // MARK: Publishing

    /// The end of the last block of the prompt that the same prompt can take over.
    private var endOfPrompt: Int { (givenTokens - 1) / blockTokens * blockTokens }

    private mutating func publishBlocks(to pools: inout BlockPools) {
        while (publishedBlocks + 1) * blockTokens <= computed, let name = name(ofBlock: publishedBlocks) {
            for (group, cache) in groups.enumerated() where cache.policy != .state {
                pools[group].publish(cache.blocks[publishedBlocks], holding: tokens(ofBlock: publishedBlocks), as: name)
            }
            publishedBlocks += 1
        }
    }

    /// Keeps the state at the end of a block for others. A copy costs a block of memory, and a turn of a conversation
    /// goes on where the last prompt or the last answer has ended: so of an answer only the latest is kept, and one in
    /// the middle of a prompt only where it takes the place of nothing.
    private mutating func publishState(to pools: inout BlockPools) {
        guard hasStates, computed % blockTokens == 0, let name = name(ofBlock: computed / blockTokens - 1) else {
            return
        }
        let isWanted = branches.contains(computed) || computed == endOfPrompt
        let isOfAnswer = computed >= givenTokens
        for (group, cache) in groups.enumerated() {
            guard cache.policy == .state, let state = cache.state else { continue }
            guard isWanted || isOfAnswer || pools[group].hasEmptyBlock else { continue }
            if isOfAnswer, let answerSnapshot { pools[group].discard(answerSnapshot) }
            pools[group].publish(state, holding: tokens(ofBlock: computed / blockTokens - 1), as: name)
        }
        if isOfAnswer { answerSnapshot = name }
    }

    private mutating func name(ofBlock index: Int) -> BlockHash? {
        guard (index + 1) * blockTokens <= tokens.count else { return nil }
        while names.count <= index {
            names.append(BlockHash(after: names.last, tokens(ofBlock: names.count)))
        }
        return names[index]
    }

    private func tokens(ofBlock index: Int) -> ArraySlice<TokenID> {
        tokens[index * blockTokens..<(index + 1) * blockTokens]
    }

    /// What is wrong between steps, for tests; empty when all is well.
    func checkInvariants() -> [String] {
        var problems = groups.enumerated().flatMap { group, cache in
            cache.problems(computed: computed, blockTokens: blockTokens).map { "group \(group): \($0)" }
        }
        if pending < 1 { problems.append("nothing is to be computed") }
        if lostRows > 0, lostRows != pending - 1 { problems.append("\(lostRows) of \(pending) rows were lost") }
        return problems
    }
}

import Compute

/// What a sequence holds of one cache group.
///
/// Of keys and values it holds blocks in the order of positions, as many as its computed tokens need; those that lie
/// before the window of the next row are given back, and `released` stands in their place. Of a state it holds the
/// block with the state after the computed tokens. A step that must not change that block, as others may read it or the
/// step may be taken back, writes the state to another one.
struct GroupCache: Sendable {
    let policy: CachePolicy
    /// Of keys and values. While a step runs, also those for its rows.
    private(set) var blocks: [BlockID] = []
    /// The state after the computed tokens; nil where none is computed.
    private(set) var state: BlockID?
    /// Where the step that runs writes the state to; it may be `state`.
    private(set) var target: BlockID?

    init(_ policy: CachePolicy) {
        self.policy = policy
    }

    /// The blocks that are referenced.
    var held: [BlockID] {
        let states = [state, target == state ? nil : target].compactMap { $0 }
        return states + blocks.filter { $0 != Batch.SpanCache.released }
    }

    var isEmpty: Bool { blocks.isEmpty && state == nil && target == nil }

    // MARK: Room

    /// Blocks that are missing for a step of `rows` rows after the `computed` ones.
    /// - Parameter keepingState: the step may be taken back.
    func missing(forRows rows: Int, computed: Int, keepingState: Bool, in pool: BlockPool) -> Int {
        guard policy == .state else {
            return max((computed + rows).blocks(of: pool.blockTokens) - blocks.count, 0)
        }
        guard target == nil else { return 0 }
        guard let state, !keepingState else { return 1 }
        if pool.isUsedByOthers(state) { return 1 }
        // Others only might want a snapshot of it: where no block is free, it is given up.
        return pool.isShared(state) && pool.availableCount > 0 ? 1 : 0
    }

    /// Rows after the `computed` ones for which there are blocks.
    func rowLimit(computed: Int, in pool: BlockPool) -> Int {
        guard policy == .state else {
            return (blocks.count + pool.availableCount) * pool.blockTokens - computed
        }
        return missing(forRows: 1, computed: computed, keepingState: false, in: pool) <= pool.availableCount ? .max : 0
    }

    /// Blocks that the sequence will take of what is available until it has computed all of its `count` tokens, where it
    /// gets a few rows in each step.
    func missing(forTokens count: Int, in pool: BlockPool) -> Int {
        guard policy == .state else {
            let needed = policy.blocksNeeded(positions: count, rows: 1, blockTokens: pool.blockTokens)
            return max(min(count.blocks(of: pool.blockTokens) - blocks.count, needed - held.count), 0)
        }
        return state.map(pool.isUsedByOthers) == false ? 0 : 1
    }

    /// Takes the blocks that are missing; they must be available.
    mutating func reserve(rows: Int, computed: Int, keepingState: Bool, from pool: inout BlockPool) {
        let missing = missing(forRows: rows, computed: computed, keepingState: keepingState, in: pool)
        guard let more = pool.allocate(missing) else { preconditionFailure("\(missing) blocks are not available") }
        guard policy == .state else {
            blocks += more
            return
        }
        guard target == nil else { return }
        if more.isEmpty, let state, pool.isShared(state) { pool.withdraw(state) }
        target = more.first ?? state
    }

    // MARK: A step

    /// What the rows of a span up to `end` may read and write.
    /// - Parameter continues: the rows follow others that were written since the last `reserve`, not the computed ones.
    func span(to end: Int, continues: Bool, blockTokens: Int) -> Batch.SpanCache {
        guard policy == .state else { return .blocks(Array(blocks.prefix(end.blocks(of: blockTokens)))) }
        guard let target else { preconditionFailure("no block for the state is reserved") }
        return .state(from: continues ? target : state, to: target)
    }

    /// All rows that were written since `reserve` count.
    mutating func keepTarget(in pool: inout BlockPool) {
        guard let target else { return }
        if let state, state != target { pool.release([state]) }
        (state, self.target) = (target, nil)
    }

    /// The rows that were written count for nothing, or only in the first `computed` positions.
    mutating func releaseSpare(computed: Int, to pool: inout BlockPool) {
        if let target {
            if target != state { pool.release([target]) }
            self.target = nil
        }
        let needed = computed.blocks(of: pool.blockTokens)
        guard policy != .state, needed < blocks.count else { return }
        pool.release(Array(blocks[needed...]))
        blocks.removeSubrange(needed...)
    }

    /// Gives back the blocks that no row from `position` on reads.
    /// - Parameter isPassing: whether a block is of little use to others.
    mutating func releaseOutside(
        of position: Int, to pool: inout BlockPool, isPassing: (_ index: Int) -> Bool
    ) {
        guard case .window = policy else { return }
        let end = min(policy.releasable(at: position, blockTokens: pool.blockTokens), blocks.count)
        let first = blocks[..<end].lastIndex(of: Batch.SpanCache.released).map { $0 + 1 } ?? 0
        for index in first..<end {
            pool.release([blocks[index]], reused: isPassing(index) ? .first : .last)
            blocks[index] = Batch.SpanCache.released
        }
    }

    // MARK: Blocks of others

    /// Whether the cache can be brought from `first` to `end` blocks with what `find` finds by index.
    func serves(_ end: Int, from first: Int, blockTokens: Int, find: (_ index: Int) -> BlockID?) -> Bool {
        (firstNeeded(at: end, from: first, blockTokens: blockTokens)..<end).reversed().allSatisfy { find($0) != nil }
    }

    /// Takes over what `serves` has found.
    mutating func adopt(
        _ end: Int, from first: Int, in pool: inout BlockPool, find: (_ index: Int, _ pool: BlockPool) -> BlockID?
    ) {
        let needed = firstNeeded(at: end, from: first, blockTokens: pool.blockTokens)
        releaseOutside(of: end * pool.blockTokens, to: &pool) { _ in false }
        if policy != .state, needed > first {
            blocks += Array(repeating: Batch.SpanCache.released, count: needed - first)
        }
        for index in needed..<end {
            guard let block = find(index, pool) else { preconditionFailure("block \(index) was found before") }
            pool.retain(block)
            guard policy == .state else {
                blocks.append(block)
                continue
            }
            if let state { pool.release([state]) }
            state = block
        }
    }

    /// The first block that is needed of others to go on at block `end`, where the first ones are there.
    private func firstNeeded(at end: Int, from first: Int, blockTokens: Int) -> Int {
        guard policy != .state else { return end - 1 }
        return min(max(policy.releasable(at: end * blockTokens, blockTokens: blockTokens), first), end)
    }

    mutating func releaseAll(to pool: inout BlockPool) {
        pool.release(held)
        blocks = []
        state = nil
        target = nil
    }

    /// What is wrong between steps, for tests.
    func problems(computed: Int, blockTokens: Int) -> [String] {
        guard policy != .state else {
            return (target == nil ? [] : ["a step is open"])
                + ((state == nil) == (computed == 0) ? [] : ["\(computed) computed tokens, state \(state ?? -1)"])
        }
        let released = policy.releasable(at: computed, blockTokens: blockTokens)
        var problems: [String] = []
        if blocks.count != computed.blocks(of: blockTokens) {
            problems.append("\(blocks.count) blocks for \(computed) computed tokens")
        }
        for (index, block) in blocks.enumerated() where (block == Batch.SpanCache.released) != (index < released) {
            problems.append("block \(index) is \(block), and \(released) are outside of the window")
        }
        return problems
    }
}

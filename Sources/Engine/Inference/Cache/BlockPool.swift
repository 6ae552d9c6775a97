package import Compute
package import Tensors

/// The bookkeeping of a cache group: who uses which block, and what the unused ones still hold. The bytes lie in the
/// executable.
///
/// A block is used (referenced by sequences), cached (unreferenced, its content can be found again) or empty. When empty
/// blocks run out, the cached block that was unused for the longest time is evicted.
package struct BlockPool: Sendable {
    private struct Content {
        var hash: BlockHash
        var tokens: [TokenID]
    }

    /// How soon a block that nobody uses any more is used again.
    package enum Order: Hashable, Sendable {
        /// After all that are unused now.
        case last
        /// Before them, and before empty ones too, whose memory was perhaps never touched: what the block holds is of
        /// little use to others.
        case first
    }

    /// Tokens that a block is found by: those of its positions, or the last ones before its state.
    package let blockTokens: Int
    private var references: [Int]
    /// What a full block holds, where it can be found by others.
    private var contents: [Content?]
    private var index: [BlockHash: BlockID] = [:]
    /// Empty blocks in front, then cached ones, the longest unused first.
    private var unused: BlockQueue

    package init(blockCount: Int, blockTokens: Int) {
        precondition(blockCount >= 0 && blockTokens > 0, "a cache has blocks, and they hold tokens")
        self.blockTokens = blockTokens
        references = Array(repeating: 0, count: blockCount)
        contents = Array(repeating: nil, count: blockCount)
        unused = BlockQueue(capacity: blockCount)
        for block in 0..<blockCount { unused.append(BlockID(block)) }
    }

    package var blockCount: Int { references.count }
    /// Blocks that can be allocated, cached ones included.
    package var availableCount: Int { unused.count }
    /// Whether the next block that is allocated holds nothing.
    package var hasEmptyBlock: Bool { unused.first.map { contents[Int($0)] == nil } ?? false }
    package var usedCount: Int { blockCount - availableCount }
    /// Blocks, used or not, whose content can be found again.
    package var cachedCount: Int { index.count }

    /// The block that holds exactly `tokens` after the prefix that `hash` names, if any does.
    package func block(holding tokens: ArraySlice<TokenID>, named hash: BlockHash) -> BlockID? {
        guard let block = index[hash], let content = contents[Int(block)], content.tokens[...] == tokens else {
            return nil
        }
        return block
    }

    /// Whether others may read the block, now or later, so that it must not change.
    package func isShared(_ block: BlockID) -> Bool { references[Int(block)] > 1 || contents[Int(block)] != nil }

    /// Whether another sequence uses the block too.
    package func isUsedByOthers(_ block: BlockID) -> Bool { references[Int(block)] > 1 }

    /// Takes `count` blocks, each referenced once, evicting cached ones where needed; nil where so many are not
    /// available.
    package mutating func allocate(_ count: Int) -> [BlockID]? {
        guard count <= availableCount else { return nil }
        var blocks: [BlockID] = []
        blocks.reserveCapacity(count)
        while blocks.count < count, let block = unused.first {
            unused.remove(block)
            forgetContent(of: block)
            references[Int(block)] = 1
            blocks.append(block)
        }
        return blocks
    }

    /// Adds a reference to a block found by `block(holding:named:)`.
    package mutating func retain(_ block: BlockID) {
        if references[Int(block)] == 0 { unused.remove(block) }
        references[Int(block)] += 1
    }

    /// Gives back one reference to each block of a sequence, in the sequence's order.
    package mutating func release(_ blocks: [BlockID], reused order: Order = .last) {
        // The last first: of two cached blocks, the end of a prefix is evicted before its beginning.
        for block in blocks.reversed() {
            precondition(references[Int(block)] > 0, "block \(block) is released too often")
            references[Int(block)] -= 1
            guard references[Int(block)] == 0 else { continue }
            if contents[Int(block)] == nil || order == .first { unused.prepend(block) } else { unused.append(block) }
        }
    }

    /// Lets others find a full block that will not change any more. Nothing happens where the same content is known
    /// already.
    package mutating func publish(_ block: BlockID, holding tokens: ArraySlice<TokenID>, as hash: BlockHash) {
        precondition(references[Int(block)] > 0 && tokens.count == blockTokens, "only full blocks in use are published")
        guard index[hash] == nil, contents[Int(block)] == nil else { return }
        index[hash] = block
        contents[Int(block)] = Content(hash: hash, tokens: Array(tokens))
    }

    /// Takes a published block of the only sequence that uses it back, so that it may change.
    package mutating func withdraw(_ block: BlockID) {
        precondition(references[Int(block)] == 1, "block \(block) is not one sequence's")
        forgetContent(of: block)
    }

    /// Forgets what is cached under a name, unless a sequence uses it.
    package mutating func discard(_ hash: BlockHash) {
        guard let block = index[hash], references[Int(block)] == 0 else { return }
        unused.remove(block)
        forgetContent(of: block)
        unused.prepend(block)
    }

    /// Forgets everything that is cached; blocks in use stay.
    package mutating func clearCache() {
        for block in contents.indices where contents[block] != nil {
            forgetContent(of: BlockID(block))
            guard unused.contains(BlockID(block)) else { continue }
            unused.remove(BlockID(block))
            unused.prepend(BlockID(block))
        }
    }

    private mutating func forgetContent(of block: BlockID) {
        guard let content = contents[Int(block)] else { return }
        index[content.hash] = nil
        contents[Int(block)] = nil
    }

    /// What is wrong with the books, for tests; empty when all is well.
    /// - Parameter holders: the blocks of each sequence.
    package func checkInvariants(holders: [[BlockID]]) -> [String] {
        var problems: [String] = []
        var expected = Array(repeating: 0, count: blockCount)
        for block in holders.joined() { expected[Int(block)] += 1 }
        for block in 0..<blockCount {
            let id = BlockID(block)
            if expected[block] != references[block] {
                problems.append("block \(block) counts \(references[block]) references, has \(expected[block])")
            }
            if unused.contains(id) != (references[block] == 0) {
                problems.append("block \(block) with \(references[block]) references is in the wrong list")
            }
            if let content = contents[block], index[content.hash] != id {
                problems.append("block \(block) holds what the index does not find")
            }
        }
        if index.count != contents.count(where: { $0 != nil }) {
            problems.append("the index names blocks without content")
        }
        return problems
    }
}

/// Names a full block by its tokens and all tokens before it: a link of a hash chain.
///
/// `Hasher` is seeded afresh in each process, so nobody can prepare two prompts that collide; the pool also compares the
/// block's own tokens.
package struct BlockHash: Hashable, Sendable {
    private let value: Int

    package init(after parent: BlockHash?, _ tokens: ArraySlice<TokenID>) {
        var hasher = Hasher()
        hasher.combine(parent)
        for token in tokens { hasher.combine(token) }
        value = hasher.finalize()
    }
}

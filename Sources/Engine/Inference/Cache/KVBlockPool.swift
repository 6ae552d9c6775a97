package import Compute
package import Tensors

/// The bookkeeping of the KV cache: who uses which block, and what the unused ones still hold. The bytes lie in the
/// executable.
///
/// A block is used (referenced by sequences), cached (unreferenced, its content can be found again) or empty. When empty
/// blocks run out, the cached block that was unused for the longest time is evicted.
package struct KVBlockPool: Sendable {
    private struct Content {
        var hash: BlockHash
        var tokens: [TokenID]
    }

    /// Positions in a block.
    package let blockTokens: Int
    private var references: [Int]
    /// What a full block holds, where it can be found by others.
    private var contents: [Content?]
    private var index: [BlockHash: BlockID] = [:]
    /// Empty blocks in front, then cached ones, the longest unused first.
    private var unused: BlockQueue

    package init(blockCount: Int, blockTokens: Int) {
        precondition(blockCount > 0 && blockTokens > 0, "a cache has blocks, and they hold tokens")
        self.blockTokens = blockTokens
        references = Array(repeating: 0, count: blockCount)
        contents = Array(repeating: nil, count: blockCount)
        unused = BlockQueue(capacity: blockCount)
        for block in 0..<blockCount { unused.append(BlockID(block)) }
    }

    package var blockCount: Int { references.count }
    /// Blocks that can be allocated, cached ones included.
    package var availableCount: Int { unused.count }
    package var usedCount: Int { blockCount - unused.count }
    /// Blocks, used or not, whose content can be found again.
    package var cachedCount: Int { index.count }

    /// Blocks for `tokens` positions.
    package func blocksNeeded(forTokens tokens: Int) -> Int {
        tokens / blockTokens + (tokens % blockTokens == 0 ? 0 : 1)
    }

    /// The block that holds exactly `tokens` after the prefix that `hash` names, if any does.
    package func block(holding tokens: ArraySlice<TokenID>, named hash: BlockHash) -> BlockID? {
        guard let block = index[hash], let content = contents[Int(block)], content.tokens[...] == tokens else {
            return nil
        }
        return block
    }

    /// Takes `count` blocks, each referenced once, evicting cached ones where needed; nil where so many are not available.
    package mutating func allocate(_ count: Int) -> [BlockID]? {
        guard count <= unused.count else { return nil }
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
    package mutating func release(_ blocks: [BlockID]) {
        // The last first: of two cached blocks, the end of a prefix is evicted before its beginning.
        for block in blocks.reversed() {
            precondition(references[Int(block)] > 0, "block \(block) is released too often")
            references[Int(block)] -= 1
            guard references[Int(block)] == 0 else { continue }
            if contents[Int(block)] == nil { unused.prepend(block) } else { unused.append(block) }
        }
    }

    /// Lets others find a full block that will not change any more. Nothing happens where the same content is known already.
    package mutating func publish(_ block: BlockID, holding tokens: ArraySlice<TokenID>, as hash: BlockHash) {
        precondition(references[Int(block)] > 0 && tokens.count == blockTokens, "only full blocks in use are published")
        guard index[hash] == nil, contents[Int(block)] == nil else { return }
        index[hash] = block
        contents[Int(block)] = Content(hash: hash, tokens: Array(tokens))
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
            if expected[block] != references[block] {
                problems.append("block \(block) counts \(references[block]) references, has \(expected[block])")
            }
            if unused.contains(BlockID(block)) != (references[block] == 0) {
                problems.append("block \(block) with \(references[block]) references is in the wrong list")
            }
            if let content = contents[block], index[content.hash] != BlockID(block) {
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

import Compute
import Tensors

/// The tokens of a sequence, and the blocks of those that are computed (lie in the cache).
struct CachedTokens: Sendable {
    private let blockTokens: Int
    private(set) var tokens: [TokenID]
    private(set) var computed = 0
    /// As many as `computed` tokens need, and those added for the rows of the step that runs.
    private(set) var blocks: [BlockID] = []
    /// Names of the known full blocks, filled as they are asked for.
    private var names: [BlockHash] = []
    /// Blocks from the start that others may find.
    private var publishedBlocks = 0

    init(_ tokens: [TokenID], blockTokens: Int) {
        self.tokens = tokens
        self.blockTokens = blockTokens
    }

    /// Known tokens that are not computed.
    var pending: Int { tokens.count - computed }

    /// The name of the block that the next row is written to, nil where not all of its tokens are known.
    mutating func nameOfNextBlock() -> BlockHash? { name(ofBlock: computed / blockTokens) }

    /// Takes blocks over that others computed. The last known token is always computed, for its logits.
    mutating func adoptBlocks(from pool: inout KVBlockPool) {
        precondition(blocks.count * blockTokens < computed + blockTokens, "no block is spare")
        guard computed % blockTokens == 0 else { return }
        while computed + blockTokens < tokens.count, let name = nameOfNextBlock(),
            let block = pool.block(holding: tokens(ofBlock: blocks.count), named: name)
        {
            pool.retain(block)
            blocks.append(block)
            computed += blockTokens
            publishedBlocks = blocks.count
        }
    }

    mutating func append(_ token: TokenID) { tokens.append(token) }

    /// Adds blocks for `rows` rows after the computed ones.
    /// - Returns: false where the pool has not so many; then nothing changes.
    mutating func reserve(rows: Int, from pool: inout KVBlockPool) -> Bool {
        let missing = max(pool.blocksNeeded(forTokens: computed + rows) - blocks.count, 0)
        guard let more = pool.allocate(missing) else { return false }
        blocks += more
        return true
    }

    /// `rows` more known tokens are in the cache; full blocks are published.
    mutating func advance(by rows: Int, publishingTo pool: inout KVBlockPool) {
        precondition(rows <= pending, "only known tokens count as computed")
        computed += rows
        while (publishedBlocks + 1) * blockTokens <= computed, let name = name(ofBlock: publishedBlocks) {
            pool.publish(blocks[publishedBlocks], holding: tokens(ofBlock: publishedBlocks), as: name)
            publishedBlocks += 1
        }
    }

    /// Gives back the blocks after the last computed token, and what they hold is forgotten.
    mutating func releaseSpareBlocks(to pool: inout KVBlockPool) {
        let needed = pool.blocksNeeded(forTokens: computed)
        guard needed < blocks.count else { return }
        pool.release(Array(blocks[needed...]))
        blocks.removeSubrange(needed...)
    }

    /// Gives all blocks back; everything will be computed anew, or found in the cache.
    mutating func releaseBlocks(to pool: inout KVBlockPool) {
        pool.release(blocks)
        blocks = []
        computed = 0
        publishedBlocks = 0
    }

    /// Drops tokens from the middle. Those after them move, so all are computed anew.
    mutating func remove(_ range: Range<Int>, releasingTo pool: inout KVBlockPool) {
        releaseBlocks(to: &pool)
        tokens.removeSubrange(range)
        names.removeAll()
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
}

import Compute
import Inference
import Tensors
import Testing

@Suite("The block pool keeps the books of a cache group")
struct BlockPoolTests {
    private func name(_ tokens: [TokenID], after parent: BlockHash? = nil) -> BlockHash {
        BlockHash(after: parent, tokens[...])
    }

    private func take(_ count: Int, from pool: inout BlockPool) throws -> [BlockID] {
        let blocks = pool.allocate(count)
        return try #require(blocks)
    }

    @Test("blocks that were given back can be allocated again, and no more than there are")
    func allocation() throws {
        var pool = BlockPool(blockCount: 4, blockTokens: 2)
        let first = try take(3, from: &pool)
        let tooMany = pool.allocate(2)
        #expect(tooMany == nil)
        #expect(pool.availableCount == 1)
        pool.release(first)
        #expect(pool.availableCount == 4)
        let all = try take(4, from: &pool)
        #expect(Set(all).count == 4)
        #expect(pool.checkInvariants(holders: [[0, 1, 2, 3]]).isEmpty)
    }

    @Test("a published block is found by its tokens and those before it, also after its sequence has gone")
    func publishing() throws {
        var pool = BlockPool(blockCount: 4, blockTokens: 2)
        let blocks = try take(2, from: &pool)
        let first = name([1, 2])
        let second = name([3, 4], after: first)
        pool.publish(blocks[0], holding: [1, 2], as: first)
        pool.publish(blocks[1], holding: [3, 4], as: second)
        pool.release(blocks)
        #expect(pool.block(holding: [1, 2], named: first) == blocks[0])
        #expect(pool.block(holding: [3, 4], named: second) == blocks[1])
        #expect(pool.block(holding: [3, 4], named: name([3, 4])) == nil)
        #expect(pool.cachedCount == 2 && pool.usedCount == 0)
        pool.retain(blocks[0])
        #expect(pool.usedCount == 1)
        #expect(pool.checkInvariants(holders: [[blocks[0]]]).isEmpty)
    }

    @Test("the cached block that was unused the longest is evicted first, the end of a prefix before its beginning")
    func eviction() throws {
        var pool = BlockPool(blockCount: 4, blockTokens: 1)
        let blocks = try take(4, from: &pool)
        var names: [BlockHash] = []
        for (index, block) in blocks.enumerated() {
            let token = TokenID(index)
            names.append(name([token], after: index == 1 ? names[0] : nil))
            pool.publish(block, holding: [token], as: names[index])
        }
        pool.release([blocks[2]])
        pool.release([blocks[0], blocks[1]])
        pool.release([blocks[3]])
        var order: [BlockID] = []
        while let block = pool.allocate(1) { order += block }
        #expect(order == [blocks[2], blocks[1], blocks[0], blocks[3]])
        #expect(pool.cachedCount == 0)
    }

    @Test("the same content is published once")
    func duplicates() throws {
        var pool = BlockPool(blockCount: 2, blockTokens: 1)
        let blocks = try take(2, from: &pool)
        for block in blocks { pool.publish(block, holding: [9], as: name([9])) }
        #expect(pool.cachedCount == 1)
        pool.release(blocks)
        pool.clearCache()
        #expect(pool.cachedCount == 0 && pool.availableCount == 2)
        #expect(pool.checkInvariants(holders: []).isEmpty)
    }

    @Test("a block that is of little use to others is used again before those that were given back earlier")
    func reusedFirst() throws {
        var pool = BlockPool(blockCount: 3, blockTokens: 1)
        let blocks = try take(3, from: &pool)
        for (index, block) in blocks.enumerated() {
            pool.publish(block, holding: [TokenID(index)], as: name([TokenID(index)]))
        }
        pool.release([blocks[0]])
        pool.release([blocks[1]], reused: .first)
        pool.release([blocks[2]])
        #expect(!pool.hasEmptyBlock && pool.availableCount == 3)
        var order: [BlockID] = []
        while let block = pool.allocate(1) { order += block }
        #expect(order == [blocks[1], blocks[0], blocks[2]])
    }

    @Test("a published block may change once it is taken back, and is not found any more")
    func withdrawing() throws {
        var pool = BlockPool(blockCount: 2, blockTokens: 1)
        let blocks = try take(2, from: &pool)
        pool.publish(blocks[0], holding: [1], as: name([1]))
        #expect(pool.isShared(blocks[0]) && !pool.isUsedByOthers(blocks[0]) && !pool.isShared(blocks[1]))
        pool.withdraw(blocks[0])
        #expect(!pool.isShared(blocks[0]))
        #expect(pool.block(holding: [1], named: name([1])) == nil)
        pool.publish(blocks[0], holding: [2], as: name([2]))
        pool.retain(blocks[0])
        #expect(pool.isUsedByOthers(blocks[0]))
        #expect(pool.checkInvariants(holders: [blocks, [blocks[0]]]).isEmpty)
    }

    @Test("what is discarded is forgotten where nobody uses it, and stays where somebody does")
    func discarding() throws {
        var pool = BlockPool(blockCount: 2, blockTokens: 1)
        let blocks = try take(2, from: &pool)
        for (index, block) in blocks.enumerated() {
            pool.publish(block, holding: [TokenID(index)], as: name([TokenID(index)]))
        }
        pool.release([blocks[0]])
        for token: TokenID in [0, 1, 2] { pool.discard(name([token])) }
        #expect(pool.hasEmptyBlock && pool.availableCount == 1 && pool.cachedCount == 1)
        #expect(pool.block(holding: [1], named: name([1])) == blocks[1])
        #expect(pool.checkInvariants(holders: [[blocks[1]]]).isEmpty)
    }

    @Test("the check notices a sequence whose blocks are not counted")
    func check() {
        let pool = BlockPool(blockCount: 2, blockTokens: 1)
        #expect(!pool.checkInvariants(holders: [[1]]).isEmpty)
    }
}

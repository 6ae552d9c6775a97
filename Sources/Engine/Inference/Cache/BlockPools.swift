package import Compute

/// The books of a cache: a pool for each of its groups.
package struct BlockPools: Sendable {
    package let policies: [CachePolicy]
    /// Positions in a block.
    package let blockTokens: Int
    private var pools: [BlockPool]

    /// - Parameter blockCounts: by group.
    package init(_ policies: [CachePolicy], blockCounts: [Int], blockTokens: Int) {
        precondition(policies.count == blockCounts.count, "a number of blocks for each cache group")
        self.policies = policies
        self.blockTokens = blockTokens
        pools = blockCounts.map { BlockPool(blockCount: $0, blockTokens: blockTokens) }
    }

    package var groups: Range<Int> { pools.indices }

    package subscript(group: Int) -> BlockPool {
        get { pools[group] }
        _modify { yield &pools[group] }
    }

    // MARK: Counts over all groups

    package var blockCount: Int { pools.reduce(0) { $0 + $1.blockCount } }
    package var usedCount: Int { pools.reduce(0) { $0 + $1.usedCount } }
    /// Blocks, used or not, whose content can be found again.
    package var cachedCount: Int { pools.reduce(0) { $0 + $1.cachedCount } }

    /// Forgets everything that is cached; blocks in use stay.
    package mutating func clearCache() {
        for group in groups { pools[group].clearCache() }
    }

    /// What is wrong with the books, for tests; empty when all is well.
    /// - Parameter holders: for each sequence its blocks, by group.
    package func checkInvariants(holders: [[[BlockID]]]) -> [String] {
        groups.flatMap { group in
            pools[group].checkInvariants(holders: holders.map { $0[group] }).map { "group \(group): \($0)" }
        }
    }
}

package import Compute

/// What a scheduler may use.
package struct SchedulerSettings: Hashable, Sendable {
    /// Sequences that run at the same time; more wait.
    package var parallelSequences: Int
    package var limits: ExecutionLimits
    /// Of the cache groups.
    package var policies: [CachePolicy]

    package init(parallelSequences: Int = 16, limits: ExecutionLimits, policies: [CachePolicy] = [.full]) {
        self.parallelSequences = parallelSequences
        self.limits = limits
        self.policies = policies
    }

    var pools: BlockPools {
        BlockPools(policies, blockCounts: limits.blockCounts, blockTokens: limits.blockTokens)
    }

    /// Each running sequence gets a row of every batch, and one is left for a prompt.
    var runningLimit: Int { max(1, min(parallelSequences, limits.maximumOutputs, limits.maximumRows - 1)) }

    /// Positions that one sequence can have: the context, or what the whole cache holds where that is less.
    package var sequenceLimit: Int {
        zip(policies, limits.blockCounts).reduce(limits.contextLength) { limit, group in
            min(limit, group.0.positionLimit(blocks: group.1, blockTokens: limits.blockTokens))
        }
    }
}

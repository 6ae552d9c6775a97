package import Compute

/// What a scheduler may use.
package struct SchedulerSettings: Hashable, Sendable {
    /// Sequences that run at the same time; more wait.
    package var parallelSequences: Int
    package var limits: ExecutionLimits

    package init(parallelSequences: Int = 16, limits: ExecutionLimits) {
        self.parallelSequences = parallelSequences
        self.limits = limits
    }

    /// Each running sequence gets a row of every batch, and one is left for a prompt.
    var runningLimit: Int { max(1, min(parallelSequences, limits.maximumOutputs, limits.maximumRows - 1)) }

    /// Positions that one sequence can have: the context, or the whole cache where that is smaller.
    package var sequenceLimit: Int {
        let (cached, overflow) = limits.blockCount.multipliedReportingOverflow(by: limits.blockTokens)
        return overflow ? limits.contextLength : min(limits.contextLength, cached)
    }
}

import Locking

/// The constraints that were used last, by what they were compiled from.
package final class ConstraintCache<Source: Hashable & Sendable>: Sendable {
    private let constraints: Locked<LeastRecentlyUsed<Source, Constraint>>
    private let limits: ConstraintLimits

    /// - Parameters:
    ///   - count: how many constraints are kept at most.
    ///   - bytes: how many bytes their tables may grow to, at most, all together.
    package init(count: Int = 16, bytes: Int = 128 << 20, limits: ConstraintLimits = ConstraintLimits()) {
        constraints = Locked(LeastRecentlyUsed(maximumCount: count, maximumCost: bytes))
        self.limits = limits
    }

    /// The constraint of `source`, compiled where none is kept. A constraint whose tables have grown to half of their
    /// limit is compiled anew, so that texts that come later find room.
    package func constraint(
        for source: Source, compile: (Source, ConstraintLimits) throws -> Grammar
    ) throws -> Constraint {
        let kept = constraints.withLock { $0.value(for: source) }
        if let kept, kept.tableBytes <= limits.tableBytes / 2 { return kept }
        let constraint = try Constraint(compile(source, limits), limits: limits)
        constraints.withLock { $0.insert(constraint, for: source, cost: limits.tableBytes + limits.maskBytes) }
        return constraint
    }

    package var count: Int { constraints.withLock { $0.count } }
}

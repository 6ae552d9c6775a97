/// What the tables of one constraint have taken, and what the work on one token has cost. Bytes are estimates that err on
/// the high side.
final class ConstraintBudget {
    let limits: ConstraintLimits
    private(set) var used: Int
    /// Parts of expressions that were looked at since the work on a token began.
    private var steps = 0
    private var mostSteps: Int

    /// For compiling, which may cost as much as a few tokens.
    init(_ limits: ConstraintLimits) {
        self.limits = limits
        used = 0
        mostSteps = 4 * limits.derivations
    }

    init(copying other: ConstraintBudget) {
        limits = other.limits
        used = other.used
        mostSteps = other.mostSteps
    }

    func charge(_ bytes: Int) throws(ConstraintError) {
        used += bytes
        guard used <= limits.tableBytes else { throw .tooLarge(.memory, limit: limits.tableBytes) }
    }

    func spend(_ more: Int) throws(ConstraintError) {
        steps += more
        guard steps <= mostSteps else { throw .tooLarge(.work, limit: mostSteps) }
    }

    func beginToken() {
        steps = 0
        mostSteps = limits.derivations
    }
}

import Locking

/// What a text has to be, compiled: a pushdown automaton over bytes. Its tables grow while texts are matched, up to a
/// limit, and are shared by all who match with it.
package final class Constraint: Sendable {
    private let tables: Locked<ConstraintTables>
    /// The state in which texts begin.
    let start: Int32
    let startFlags: (isComplete: Bool, mustEnd: Bool)

    /// - Throws: where the grammar makes no sense or needs more than `limits` allow.
    package init(_ grammar: Grammar, limits: ConstraintLimits = ConstraintLimits()) throws(ConstraintError) {
        let tables = try ConstraintTables(grammar, limits: limits)
        start = tables.start
        let readings = tables.set(start)
        startFlags = (readings.isComplete, readings.readings.isEmpty)
        self.tables = Locked(tables)
    }

    package convenience init(
        _ language: RegularLanguage, limits: ConstraintLimits = ConstraintLimits()
    ) throws(ConstraintError) {
        try self.init(Grammar(root: .regular(language)), limits: limits)
    }

    /// Whether `text` as a whole is allowed.
    package func matches(_ text: some Sequence<UInt8>) throws(ConstraintError) -> Bool {
        let probe = try probe(text)
        return probe.stop == nil && probe.isComplete
    }

    /// How far a text is allowed.
    package struct Probe: Sendable {
        /// The first byte that may not stand where it does.
        package var stop: Int?
        /// The bytes that may stand there, or follow the text.
        package var following: ByteSet
        /// The text may end there.
        package var isComplete: Bool
    }

    package func probe(_ text: some Sequence<UInt8>) throws(ConstraintError) -> Probe {
        let text = Array(text)
        return try withTables { tables throws(ConstraintError) in
            let (set, matched, isAll) = try tables.advance(start, by: text)
            return Probe(
                stop: isAll ? nil : matched, following: try tables.following(set),
                isComplete: tables.set(set).isComplete)
        }
    }

    /// Bytes of tables, without masks.
    package var tableBytes: Int { tables.withLock { $0.budget.used } }

    func withTables<Result>(
        _ body: (inout ConstraintTables) throws(ConstraintError) -> Result
    ) throws(ConstraintError) -> Result {
        try tables.withLock(body)
    }
}

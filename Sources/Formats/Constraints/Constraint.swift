import Locking

/// What a text has to be, compiled: a pushdown automaton over bytes. Its tables grow while texts are matched, up to a
/// limit, and are shared by all who match with it.
package final class Constraint: Sendable {
    /// Full tables are replaced by a copy of the compiled ones. A state's number means something in its own generation of
    /// tables only.
    private struct State {
        var tables: ConstraintTables
        /// As they were compiled.
        let fresh: ConstraintTables
        var generation = 0
    }

    private let state: Locked<State>
    /// The state in which texts begin.
    let start: Int32
    let startFlags: (isComplete: Bool, mustEnd: Bool)

    /// - Throws: where the grammar makes no sense or needs more than `limits` allow.
    package init(_ grammar: Grammar, limits: ConstraintLimits = ConstraintLimits()) throws(ConstraintError) {
        let tables = try ConstraintTables(grammar, limits: limits)
        start = tables.start
        let readings = tables.set(start)
        startFlags = (readings.isComplete, readings.readings.isEmpty)
        state = Locked(State(tables: tables, fresh: tables.copy()))
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
        return try state.withLock { state throws(ConstraintError) in
            let (set, matched, isAll) = try state.tables.advance(start, by: text)
            return Probe(
                stop: isAll ? nil : matched, following: try state.tables.following(set),
                isComplete: state.tables.set(set).isComplete)
        }
    }

    /// Bytes of tables, without masks.
    package var tableBytes: Int { state.withLock { $0.tables.budget.used } }

    // MARK: Matching

    /// Where a text has got to.
    struct Place: Sendable {
        var set: Int32
        var generation: Int
        var text: [UInt8] = []
        /// Bytes of the text when full tables were replaced for it.
        var replacedAt: Int?
    }

    /// Work for one token. Where the tables are full, they are replaced, and the text so far is read again; a text that
    /// fills them faster than that helps fails.
    func withTables<Result>(
        _ place: inout Place, _ body: (inout ConstraintTables, Int32) throws(ConstraintError) -> Result
    ) throws(ConstraintError) -> Result {
        try state.withLock { state throws(ConstraintError) in
            do throws(ConstraintError) {
                try Self.read(&place, in: &state)
                return try body(&state.tables, place.set)
            } catch {
                guard case .tooLarge(.memory, _) = error else { throw error }
                if let last = place.replacedAt, place.text.count < last + Self.leastProgress { throw error }
            }
            place.replacedAt = place.text.count
            state.tables = state.fresh.copy()
            state.generation += 1
            try Self.read(&place, in: &state)
            return try body(&state.tables, place.set)
        }
    }

    /// Bytes that a text must have grown by before tables are replaced for it once more.
    private static let leastProgress = 256

    private static let piece = 64

    /// Reads a text again that was read with tables that are no more.
    private static func read(_ place: inout Place, in state: inout State) throws(ConstraintError) {
        guard place.generation != state.generation else { return }
        place.set = state.tables.start
        // As long as tokens are: the work on each is limited.
        for first in stride(from: 0, to: place.text.count, by: piece) {
            let end = min(first + piece, place.text.count)
            place.set = try state.tables.advance(place.set, by: place.text[first..<end]).set
        }
        place.generation = state.generation
    }
}

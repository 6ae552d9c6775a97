/// The tables of a constraint, which grow as texts are matched.
struct ConstraintTables {
    private(set) var automaton: RegularAutomaton
    private(set) var stacks: StackTable
    let limits: ConstraintLimits
    private(set) var budget: ConstraintBudget
    /// The number of the set of readings with which texts begin.
    private(set) var start: Int32 = 0
    private var sets: [ReadingSet] = []
    private var indexOfSet: [ReadingSet: Int32] = [:]
    private var masks: MaskTable?

    init(_ grammar: Grammar, limits: ConstraintLimits) throws(ConstraintError) {
        self.limits = limits
        budget = ConstraintBudget(limits)
        let (compiled, automaton) = try GrammarCompiler.compile(grammar, budget)
        self.automaton = automaton
        stacks = StackTable(compiled, budget)
        let (readings, isComplete) = try stacks.beginnings(automaton)
        start = try intern(ReadingSet(readings: readings, isComplete: isComplete))
    }

    /// The same tables, which grow on their own.
    func copy() -> ConstraintTables {
        var result = self
        result.budget = ConstraintBudget(copying: budget)
        result.automaton.budget = result.budget
        result.stacks.budget = result.budget
        result.masks = nil
        return result
    }

    func set(_ index: Int32) -> ReadingSet { sets[Int(index)] }

    mutating func intern(_ set: ReadingSet) throws(ConstraintError) -> Int32 {
        if let index = indexOfSet[set] { return index }
        try budget.charge(96 + 8 * set.readings.count)
        let index = Int32(sets.count)
        sets.append(set)
        indexOfSet[set] = index
        return index
    }

    /// The readings of a text with one more byte; none where it may not follow.
    mutating func readings(after set: ReadingSet, _ byte: UInt8) throws(ConstraintError) -> ReadingSet {
        var next = ReadingSet()
        for reading in set.readings {
            let state = try automaton.next(reading.state, byte)
            guard state != RegularAutomaton.dead else { continue }
            if automaton.hasContinuation(state) {
                next.readings.append(StackTable.Reading(state: state, below: reading.frame))
            }
            guard automaton.isAccepting(state) else { continue }
            let (readings, isComplete) = try stacks.readings(after: reading.frame, automaton)
            next.readings += readings
            next.isComplete = next.isComplete || isComplete
            // Well before sorting makes them fewer, since each of them costs time.
            guard next.readings.count <= 16 * limits.stacks else { throw .tooLarge(.stacks, limit: limits.stacks) }
        }
        if next.readings.count > 1 {
            next.readings.sort()
            var kept = 1
            for index in 1..<next.readings.count where next.readings[index] != next.readings[index - 1] {
                next.readings[kept] = next.readings[index]
                kept += 1
            }
            next.readings.removeLast(next.readings.count - kept)
        }
        guard next.readings.count <= limits.stacks else { throw .tooLarge(.stacks, limit: limits.stacks) }
        return next
    }

    /// The bytes that may follow a text.
    mutating func following(_ index: Int32) throws(ConstraintError) -> ByteSet {
        var result = ByteSet()
        for reading in sets[Int(index)].readings {
            result = result.union(try automaton.following(reading.state))
        }
        return result
    }

    /// The set of readings after `bytes`, and how many of them may follow: where that is not all, the set is that after
    /// those that may.
    mutating func advance<Bytes: Sequence<UInt8>>(
        _ index: Int32, by bytes: Bytes
    ) throws(ConstraintError) -> (set: Int32, matched: Int, isAll: Bool) {
        beginToken()
        var current = sets[Int(index)]
        var matched = 0
        for byte in bytes {
            let next = try readings(after: current, byte)
            guard !next.readings.isEmpty || next.isComplete else { return (try intern(current), matched, false) }
            current = next
            matched += 1
        }
        return (try intern(current), matched, true)
    }

    private mutating func beginToken() {
        stacks.beginToken()
        budget.beginToken()
    }

    // MARK: Masks

    mutating func mask(of index: Int32, _ tokens: TokenTrie) throws(ConstraintError) -> TokenMask {
        var masks =
            masks.take().flatMap { $0.tokens === tokens.storage ? $0 : nil } ?? MaskTable(tokens, limits: limits)
        beginToken()
        let mask = try masks.mask(of: sets[Int(index)], number: index, &automaton, &stacks)
        // A table that has failed may have work left over, and is not kept.
        self.masks = masks
        return mask
    }
}

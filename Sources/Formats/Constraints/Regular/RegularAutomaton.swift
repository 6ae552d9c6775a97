/// A deterministic automaton whose states are expressions; transitions are found when they are first taken.
struct RegularAutomaton {
    /// No text leads from here to an accepting state.
    static let dead: Int32 = 0
    private static let unknown: Int32 = -1

    private var expressions: RegularExpressions
    private let classes: ByteClasses
    private var expressionOf: [RegularExpressions.ID] = []
    private var stateOf: [RegularExpressions.ID: Int32] = [:]
    /// By state and class of bytes.
    private var transitions: [Int32] = []
    private var accepting: [Bool] = []
    private var continuing: [Bool] = []
    /// All states that can be reached from here are known, and which of them are dead.
    private var explored: [Bool] = []
    private var withoutCounts: [Counted: Int32] = [:]

    /// By state, where known.
    private var loops: [Loop?] = []

    /// Texts that change nothing in a state: every text of these kinds of bytes, up to some length, may follow and be
    /// followed by more, and the language's text ends nowhere in it.
    struct Loop {
        var kinds = ByteKinds.none
        var length = 0
    }

    private struct Counted: Hashable {
        var state: Int32
        var length: Int32
    }

    /// - Parameter expressions: with all sets of bytes that states will have.
    init(_ expressions: RegularExpressions) throws(ConstraintError) {
        self.expressions = expressions
        classes = ByteClasses(separating: expressions.sets)
        let dead = try add(.nothing)
        for index in 0..<classes.count { transitions[index] = dead }
        explored[Int(dead)] = true
    }

    var budget: ConstraintBudget {
        get { expressions.budget }
        set { expressions.budget = newValue }
    }

    func isAccepting(_ state: Int32) -> Bool { accepting[Int(state)] }

    /// Whether any byte may follow.
    func hasContinuation(_ state: Int32) -> Bool { continuing[Int(state)] }

    /// The state in which texts of an expression begin; dead where it matches none.
    mutating func start(of expression: RegularExpressions.ID) throws(ConstraintError) -> Int32 {
        let state = try self.state(for: expression)
        guard expressions.facts(of: expression).isBoolean, !explored[Int(state)] else { return state }
        return try explore(from: state)
    }

    @inline(__always)
    mutating func next(_ state: Int32, _ byte: UInt8) throws(ConstraintError) -> Int32 {
        let next = transitions[Int(state) * classes.count + Int(classes.classes[Int(byte)])]
        return next >= 0 ? next : try find(state, classes.classes[Int(byte)])
    }

    /// The bytes that may follow in a state.
    mutating func following(_ state: Int32) throws(ConstraintError) -> ByteSet {
        var result = ByteSet()
        for byte in UInt8.min...UInt8.max where try next(state, byte) != Self.dead { result.insert(byte) }
        return result
    }

    mutating func loop(of state: Int32) throws(ConstraintError) -> Loop {
        if let known = loops[Int(state)] { return known }
        let facts = expressions.facts(of: expressionOf[Int(state)])
        var loop = Loop(length: .max)
        var place = state
        // Short of its end a count is none.
        if facts.largestCount > 1, !facts.isBoolean {
            loop.length = Int(facts.largestCount) - 1
            place = try withoutCounts(above: loop.length, state)
        }
        if !isAccepting(place) {
            for (index, bytes) in ByteKinds.members.enumerated() {
                var isLoop = true
                for byte in UInt8.min...UInt8.max where isLoop && bytes.contains(byte) {
                    isLoop = try next(place, byte) == place
                }
                if isLoop { loop.kinds.insert(ByteKinds(rawValue: 1 << UInt8(index))) }
            }
        }
        loops[Int(state)] = loop
        return loop
    }

    /// A state that allows the same next `length` bytes; the same one for many states that count repetitions.
    mutating func withoutCounts(above length: Int, _ state: Int32) throws(ConstraintError) -> Int32 {
        let expression = expressionOf[Int(state)]
        let facts = expressions.facts(of: expression)
        let length = Int32(clamping: length)
        guard facts.largestCount > length, !facts.isBoolean else { return state }
        let key = Counted(state: state, length: length)
        if let known = withoutCounts[key] { return known }
        let result = try self.state(for: expressions.withoutCounts(above: length, in: expression))
        try expressions.budget.charge(32)
        withoutCounts[key] = result
        return result
    }

    @inline(never)
    private mutating func find(_ state: Int32, _ byteClass: UInt8) throws(ConstraintError) -> Int32 {
        let expression = expressionOf[Int(state)]
        let byte = classes.representatives[Int(byteClass)]
        let next = try self.state(for: expressions.derivative(of: expression, by: byte))
        let first = Int(state) * classes.count
        transitions[first + Int(byteClass)] = next
        // Most bytes do the same in most states.
        guard let sets = expressions.leadingSets(of: expression) else { return next }
        for other in 0..<classes.count where transitions[first + other] == Self.unknown {
            let representative = classes.representatives[other]
            if sets.allSatisfy({ $0.contains(byte) == $0.contains(representative) }) {
                transitions[first + other] = next
            }
        }
        return next
    }

    private mutating func state(for expression: RegularExpressions.ID) throws(ConstraintError) -> Int32 {
        if let state = stateOf[expression] { return state }
        return try add(expression)
    }

    private mutating func add(_ expression: RegularExpressions.ID) throws(ConstraintError) -> Int32 {
        try expressions.budget.charge(classes.count * MemoryLayout<Int32>.stride + 80)
        let state = Int32(expressionOf.count)
        expressionOf.append(expression)
        stateOf[expression] = state
        transitions.append(contentsOf: repeatElement(Self.unknown, count: classes.count))
        accepting.append(expressions.isNullable(expression))
        continuing.append(expression != .nothing && expression != .empty)
        explored.append(false)
        loops.append(nil)
        return state
    }

    // MARK: Dead states of intersections and complements

    /// Visits all states from here, and leads what can accept no more to the dead state.
    private mutating func explore(from start: Int32) throws(ConstraintError) -> Int32 {
        var states = [start]
        var seen: Set<Int32> = [start]
        var sources: [Int32: [Int32]] = [:]
        var visited = 0
        while visited < states.count {
            let state = states[visited]
            visited += 1
            guard !explored[Int(state)] else { continue }
            for byteClass in 0..<classes.count {
                let next = try next(state, classes.representatives[byteClass])
                guard next != Self.dead else { continue }
                sources[next, default: []].append(state)
                guard seen.insert(next).inserted else { continue }
                guard states.count < expressions.limits.exploredStates else {
                    throw .tooLarge(.exploredStates, limit: expressions.limits.exploredStates)
                }
                states.append(next)
            }
        }
        var live = states.filter { explored[Int($0)] || accepting[Int($0)] }
        var isLive = Set(live)
        while let state = live.popLast() {
            for source in sources[state] ?? [] where isLive.insert(source).inserted { live.append(source) }
        }
        for state in states where !explored[Int(state)] {
            explored[Int(state)] = true
            var continues = false
            for index in Int(state) * classes.count..<(Int(state) + 1) * classes.count {
                if transitions[index] != Self.dead, !isLive.contains(transitions[index]) {
                    transitions[index] = Self.dead
                }
                continues = continues || transitions[index] != Self.dead
            }
            continuing[Int(state)] = continues
        }
        guard isLive.contains(start) else {
            stateOf[expressionOf[Int(start)]] = Self.dead
            return Self.dead
        }
        return start
    }
}

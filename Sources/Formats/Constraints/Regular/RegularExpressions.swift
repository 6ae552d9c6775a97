/// Regular expressions over bytes in a normal form, each of them once: equal expressions have equal numbers. The normal
/// form makes the derivatives of an expression finitely many, so that they are the states of an automaton.
struct RegularExpressions {
    struct ID: Hashable, Comparable {
        let index: Int32

        fileprivate init(index: Int32) { self.index = index }

        /// Matches no text.
        static let nothing = ID(index: 0)
        /// Matches the empty text.
        static let empty = ID(index: 1)
        /// Matches every text.
        static let everything = ID(index: 2)

        static func < (left: ID, right: ID) -> Bool { left.index < right.index }
    }

    enum Node: Hashable {
        case nothing
        case empty
        /// One byte of the set with this index.
        case bytes(Int32)
        /// The first is never a sequence.
        case sequence(ID, ID)
        /// Ascending and without choices among them.
        case choice([ID])
        /// Ascending and without intersections among them.
        case intersection([ID])
        case complement(ID)
        case repetition(ID, atLeast: Int32, atMost: Int32)
        /// Digits, with points that count for nothing, that make a number a multiple when they follow one that left a
        /// remainder.
        case multiples(of: Int32, remainder: Int32)

        /// Hashes once: expressions are looked up more often than anything else is done.
        func hash(into hasher: inout Hasher) {
            let kind: UInt64
            var numbers: UInt64 = 0
            func mix(_ number: Int32) {
                numbers = (numbers ^ UInt64(UInt32(bitPattern: number))) &* 0x9E37_79B9_7F4A_7C15
                numbers ^= numbers >> 29
            }
            switch self {
            case .nothing: kind = 0
            case .empty: kind = 1
            case .bytes(let set): (kind, numbers) = (2, UInt64(set))
            case .sequence(let first, let second):
                kind = 3
                mix(first.index)
                mix(second.index)
            case .choice(let members):
                kind = 4
                for member in members { mix(member.index) }
            case .intersection(let members):
                kind = 5
                for member in members { mix(member.index) }
            case .complement(let part): (kind, numbers) = (6, UInt64(part.index))
            case .repetition(let part, let atLeast, let atMost):
                kind = 7
                mix(part.index)
                mix(atLeast)
                mix(atMost)
            case .multiples(let divisor, let remainder):
                kind = 8
                mix(divisor)
                mix(remainder)
            }
            hasher.combine(numbers &* 9 &+ kind)
        }
    }

    /// What is known of an expression without looking into it.
    struct Facts {
        var isNullable = false
        /// There are intersections or complements in it, so it may match nothing without being `nothing`.
        var isBoolean = false
        /// It repeats sets of many bytes: an automaton for it has states that allow large parts of a vocabulary.
        var isWide = false
        /// Bytes of the largest set.
        var largestSet: UInt16 = 0
        var depth: UInt16 = 0
        /// The largest finite count of a repetition.
        var largestCount: Int32 = 0
    }

    static let unlimited = Int32.max
    private static let widestNarrowSet: UInt16 = 16
    private static let longestNarrowRepetition: Int32 = 16

    let limits: ConstraintLimits
    var budget: ConstraintBudget
    private(set) var sets: [ByteSet] = []
    private var indexOfSet: [ByteSet: Int32] = [:]
    private var nodes: [Node] = []
    private var facts: [Facts] = []
    private var known: [Node: ID] = [:]
    /// The derivatives by one byte that are known so far.
    var derivatives = Derivatives()

    init(_ budget: ConstraintBudget) throws(ConstraintError) {
        self.budget = budget
        limits = budget.limits
        _ = try intern(.nothing)
        _ = try intern(.empty)
        _ = try intern(.complement(.nothing))
    }

    /// How many expressions there are.
    var count: Int { nodes.count }

    subscript(_ id: ID) -> Node { nodes[Int(id.index)] }

    func facts(of id: ID) -> Facts { facts[Int(id.index)] }

    func isNullable(_ id: ID) -> Bool { facts[Int(id.index)].isNullable }

    func set(_ index: Int32) -> ByteSet { sets[Int(index)] }

    // MARK: Constructors

    mutating func bytes(_ set: ByteSet) throws(ConstraintError) -> ID {
        if set.isEmpty { return .nothing }
        if let index = indexOfSet[set] { return try intern(.bytes(index)) }
        try budget.charge(128)
        let index = Int32(sets.count)
        sets.append(set)
        indexOfSet[set] = index
        return try intern(.bytes(index))
    }

    mutating func sequence(_ first: ID, _ second: ID) throws(ConstraintError) -> ID {
        if first == .nothing || second == .nothing { return .nothing }
        if first == .empty { return second }
        if second == .empty { return first }
        guard case .sequence = self[first] else { return try intern(.sequence(first, second)) }
        var result = second
        let parts = parts(ofSequence: first)
        try budget.spend(parts.count)
        for part in parts.reversed() { result = try intern(.sequence(part, result)) }
        return result
    }

    /// The parts of a sequence in order; the expression itself where it is none.
    func parts(ofSequence id: ID) -> [ID] {
        var parts: [ID] = []
        var rest = id
        while case .sequence(let first, let second) = self[rest] {
            parts.append(first)
            rest = second
        }
        parts.append(rest)
        return parts
    }

    mutating func choice(_ parts: [ID]) throws(ConstraintError) -> ID {
        var members: [ID] = []
        for part in parts where part != .nothing {
            if case .choice(let inner) = self[part] { members += inner } else { members.append(part) }
        }
        try budget.spend(members.count)
        try joinSets(in: &members) { $0.union($1) }
        sortWithoutRepetitions(&members)
        if members.contains(.everything) { return .everything }
        if members.first == .empty, members.dropFirst().contains(where: isNullable) { members.removeFirst() }
        switch members.count {
        case 0: return .nothing
        case 1: return members[0]
        default: return try intern(.choice(members))
        }
    }

    mutating func intersection(_ parts: [ID]) throws(ConstraintError) -> ID {
        var members: [ID] = []
        for part in parts where part != .everything {
            if case .intersection(let inner) = self[part] { members += inner } else { members.append(part) }
        }
        try budget.spend(members.count)
        try joinSets(in: &members) { $0.intersection($1) }
        sortWithoutRepetitions(&members)
        if members.contains(.nothing) { return .nothing }
        if members.contains(.empty) { return members.allSatisfy(isNullable) ? .empty : .nothing }
        switch members.count {
        case 0: return .everything
        case 1: return members[0]
        default: return try intern(.intersection(members))
        }
    }

    mutating func complement(_ part: ID) throws(ConstraintError) -> ID {
        if case .complement(let inner) = self[part] { return inner }
        return try intern(.complement(part))
    }

    mutating func repetition(_ part: ID, atLeast: Int32, atMost: Int32) throws(ConstraintError) -> ID {
        if atMost < atLeast { return .nothing }
        if atMost == 0 || part == .empty { return .empty }
        if part == .nothing { return atLeast == 0 ? .empty : .nothing }
        if part == .everything || isStar(part) { return part }
        if atLeast == 1, atMost == 1 { return part }
        var part = part
        var atLeast = atLeast
        if isNullable(part) {
            atLeast = 0
            if case .choice(let members) = self[part], members.first == .empty {
                part = try choice(Array(members.dropFirst()))
            }
        }
        if atLeast == 0, atMost == 1 { return try choice([.empty, part]) }
        return try intern(.repetition(part, atLeast: atLeast, atMost: atMost))
    }

    private func isStar(_ id: ID) -> Bool {
        guard case .repetition(_, 0, Self.unlimited) = self[id] else { return false }
        return true
    }

    private mutating func joinSets(
        in members: inout [ID], _ join: (ByteSet, ByteSet) -> ByteSet
    ) throws(ConstraintError) {
        var joined: ByteSet?
        var count = 0
        for member in members {
            guard case .bytes(let index) = self[member] else { continue }
            joined = joined.map { join($0, set(index)) } ?? set(index)
            count += 1
        }
        guard count > 1, let joined else { return }
        members.removeAll { if case .bytes = self[$0] { true } else { false } }
        members.append(try bytes(joined))
    }

    private func sortWithoutRepetitions(_ members: inout [ID]) {
        members.sort()
        var kept = 0
        for index in members.indices where index == 0 || members[index] != members[index - 1] {
            members[kept] = members[index]
            kept += 1
        }
        members.removeLast(members.count - kept)
    }

    /// - Parameter divisor: positive.
    mutating func multiples(of divisor: Int32, remainder: Int32) throws(ConstraintError) -> ID {
        // The automaton has to tell these bytes from others.
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { _ = try bytes(ByteSet(byte...byte)) }
        _ = try bytes(ByteSet(UInt8(ascii: ".")...UInt8(ascii: ".")))
        return try intern(.multiples(of: divisor, remainder: remainder))
    }

    // MARK: Interning

    private mutating func intern(_ node: Node) throws(ConstraintError) -> ID {
        if let id = known[node] { return id }
        let facts = findFacts(node)
        // Walks over expressions recurse.
        guard Int(facts.depth) <= 4 * limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
        try budget.charge(112 + members(of: node) * MemoryLayout<ID>.stride)
        let id = ID(index: Int32(nodes.count))
        nodes.append(node)
        self.facts.append(facts)
        known[node] = id
        return id
    }

    private func members(of node: Node) -> Int {
        switch node {
        case .choice(let members), .intersection(let members): members.count
        default: 0
        }
    }

    private func findFacts(_ node: Node) -> Facts {
        switch node {
        case .nothing: return Facts()
        case .empty: return Facts(isNullable: true)
        case .bytes(let index): return Facts(largestSet: UInt16(set(index).count))
        case .sequence(let first, let second):
            var result = joinedFacts([first, second])
            result.isNullable = isNullable(first) && isNullable(second)
            // The rest of a sequence is walked without recursion.
            result.depth = max(facts(of: first).depth + 1, facts(of: second).depth)
            return result
        case .choice(let members):
            var result = joinedFacts(members)
            result.isNullable = members.contains(where: isNullable)
            return result
        case .intersection(let members):
            var result = joinedFacts(members)
            result.isNullable = members.allSatisfy(isNullable)
            result.isBoolean = true
            return result
        case .complement(let part):
            var result = joinedFacts([part])
            result.isNullable = !isNullable(part)
            result.isBoolean = true
            return result
        case .repetition(let part, let atLeast, let atMost):
            var result = joinedFacts([part])
            result.isNullable = atLeast == 0
            let isLong = atMost > Self.longestNarrowRepetition
            result.isWide = result.isWide || isLong && result.largestSet > Self.widestNarrowSet
            result.largestCount = max(result.largestCount, atLeast, atMost == Self.unlimited ? 0 : atMost)
            return result
        // It is used in intersections only; its states are explored with theirs.
        case .multiples(_, let remainder): return Facts(isNullable: remainder == 0, isBoolean: true)
        }
    }

    private func joinedFacts(_ parts: [ID]) -> Facts {
        var result = Facts()
        for part in parts {
            let facts = facts(of: part)
            result.isBoolean = result.isBoolean || facts.isBoolean
            result.isWide = result.isWide || facts.isWide
            result.largestSet = max(result.largestSet, facts.largestSet)
            result.depth = max(result.depth, facts.depth + 1)
            result.largestCount = max(result.largestCount, facts.largestCount)
        }
        return result
    }
}

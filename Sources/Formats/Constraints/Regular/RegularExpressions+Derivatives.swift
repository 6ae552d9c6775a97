extension RegularExpressions {
    /// What expressions become by one byte. A derivative is asked for so often that forgetting must cost nothing.
    struct Derivatives {
        private var results: [ID] = []
        /// The round in which each result was found.
        private var rounds: [UInt32] = []
        private var round: UInt32 = 0
        private(set) var count = 0

        /// Forgets all, and makes room for the derivatives of so many expressions.
        mutating func begin(expressions: Int) {
            count = 0
            round &+= 1
            if round == 0 {
                rounds = []
                results = []
                round = 1
            }
            guard rounds.count < expressions else { return }
            let more = max(expressions, 2 * rounds.count) - rounds.count
            rounds += repeatElement(0, count: more)
            results += repeatElement(.nothing, count: more)
        }

        /// Nil also for expressions that are newer than the round.
        subscript(id: ID) -> ID? {
            get {
                let index = Int(id.index)
                return index < rounds.count && rounds[index] == round ? results[index] : nil
            }
            set {
                let index = Int(id.index)
                guard let newValue, index < rounds.count else { return }
                rounds[index] = round
                results[index] = newValue
                count += 1
            }
        }
    }

    /// Sets of bytes that tell what an expression becomes: it becomes the same by two bytes that are in the same of them.
    /// Nil where there are too many.
    mutating func leadingSets(of id: ID) -> [ByteSet]? {
        derivatives.begin(expressions: count)
        var result = ByteSets()
        return addLeadingSets(of: id, to: &result) ? result.sets : nil
    }

    private struct ByteSets {
        static let most = 48
        private(set) var sets: [ByteSet] = []
        private var indices: [Int32] = []

        mutating func insert(_ set: ByteSet, at index: Int32) -> Bool {
            if indices.contains(index) { return true }
            guard indices.count < Self.most else { return false }
            indices.append(index)
            sets.append(set)
            return true
        }
    }

    private mutating func addLeadingSets(of id: ID, to sets: inout ByteSets) -> Bool {
        var rest = id
        while true {
            guard derivatives[rest] == nil else { return true }
            guard derivatives.count < limits.derivative else { return false }
            derivatives[rest] = .nothing
            switch self[rest] {
            case .nothing, .empty: return true
            // Each digit counts.
            case .multiples: return false
            case .bytes(let index): return sets.insert(set(index), at: index)
            case .sequence(let first, let second):
                guard addLeadingSets(of: first, to: &sets) else { return false }
                guard isNullable(first) else { return true }
                rest = second
            case .choice(let members), .intersection(let members):
                for member in members where !addLeadingSets(of: member, to: &sets) { return false }
                return true
            case .complement(let part), .repetition(let part, _, _): rest = part
            }
        }
    }

    /// What has to follow `byte` in texts of an expression that begin with it (Brzozowski).
    mutating func derivative(of id: ID, by byte: UInt8) throws(ConstraintError) -> ID {
        derivatives.begin(expressions: count)
        return try derive(id, byte)
    }

    private mutating func derive(_ id: ID, _ byte: UInt8) throws(ConstraintError) -> ID {
        switch self[id] {
        case .nothing, .empty: return .nothing
        case .bytes(let index): return set(index).contains(byte) ? .empty : .nothing
        case .multiples(let divisor, let remainder):
            guard byte != UInt8(ascii: ".") else { return id }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return .nothing }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let next = Int32((Int64(remainder) * 10 + digit) % Int64(divisor))
            return try multiples(of: divisor, remainder: next)
        default: break
        }
        // Parts are shared, and rules that use others twice would double the work with every level.
        if let known = derivatives[id] { return known }
        guard derivatives.count < limits.derivative else { throw .tooLarge(.work, limit: limits.derivative) }
        try budget.spend(1)
        let result: ID
        switch self[id] {
        case .nothing, .empty, .bytes, .multiples: result = .nothing
        case .sequence: result = try deriveSequence(id, byte)
        case .choice(let members): result = try choice(derive(members, byte))
        case .intersection(let members): result = try intersection(derive(members, byte))
        case .complement(let part): result = try complement(derive(part, byte))
        case .repetition(let part, let atLeast, let atMost):
            let rest = try repetition(
                part, atLeast: max(atLeast - 1, 0), atMost: atMost == Self.unlimited ? atMost : atMost - 1)
            result = try sequence(derive(part, byte), rest)
        }
        derivatives[id] = result
        return result
    }

    private mutating func derive(_ members: [ID], _ byte: UInt8) throws(ConstraintError) -> [ID] {
        var results: [ID] = []
        results.reserveCapacity(members.count)
        for member in members { results.append(try derive(member, byte)) }
        return results
    }

    private mutating func deriveSequence(_ id: ID, _ byte: UInt8) throws(ConstraintError) -> ID {
        var terms: [ID] = []
        var rest = id
        while case .sequence(let first, let second) = self[rest] {
            let derived = try derive(first, byte)
            if derived != .nothing { terms.append(try sequence(derived, second)) }
            guard isNullable(first) else { return terms.count == 1 ? terms[0] : try choice(terms) }
            rest = second
        }
        terms.append(try derive(rest, byte))
        return try choice(terms)
    }
}

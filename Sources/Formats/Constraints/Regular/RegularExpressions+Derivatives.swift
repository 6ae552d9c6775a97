extension RegularExpressions {
    /// What has to follow `byte` in texts of an expression that begin with it (Brzozowski).
    mutating func derivative(of id: ID, by byte: UInt8) throws(ConstraintError) -> ID {
        derivatives.removeAll(keepingCapacity: true)
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

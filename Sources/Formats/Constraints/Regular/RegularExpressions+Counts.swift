extension RegularExpressions {
    /// An expression that allows the same next `length` bytes, and has no counts above that: what a long count of
    /// repetitions still allows is then the same for many counts. Only for expressions without intersections and
    /// complements, in which the end of a text would count as well.
    mutating func withoutCounts(above length: Int32, in id: ID) throws(ConstraintError) -> ID {
        var known: [ID: ID] = [:]
        return try withoutCounts(above: length, in: id, &known)
    }

    private mutating func withoutCounts(
        above length: Int32, in id: ID, _ known: inout [ID: ID]
    ) throws(ConstraintError) -> ID {
        guard facts(of: id).largestCount > length else { return id }
        if let known = known[id] { return known }
        guard known.count < limits.derivative else { throw .tooLarge(.work, limit: limits.derivative) }
        let result: ID
        switch self[id] {
        case .nothing, .empty, .bytes, .intersection, .complement, .multiples: result = id
        case .sequence:
            var rest = ID.empty
            for part in parts(ofSequence: id).reversed() {
                rest = try sequence(withoutCounts(above: length, in: part, &known), rest)
            }
            result = rest
        case .choice(let members):
            var results: [ID] = []
            for member in members { results.append(try withoutCounts(above: length, in: member, &known)) }
            result = try choice(results)
        case .repetition(let part, let atLeast, let atMost):
            // Each repetition has at least one byte: those that may be empty have no least count.
            result = try repetition(
                withoutCounts(above: length, in: part, &known), atLeast: min(atLeast, length + 1),
                atMost: atMost > length ? Self.unlimited : atMost)
        }
        known[id] = result
        return result
    }
}

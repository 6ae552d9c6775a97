extension RegularExpressions {
    /// An expression that allows the same next `length` bytes, and has no counts above that: what a long count of
    /// repetitions still allows is then the same for many counts. Only for expressions without intersections and
    /// complements, in which the end of a text would count as well.
    mutating func withoutCounts(above length: Int32, in id: ID) throws(ConstraintError) -> ID {
        guard facts(of: id).largestCount > length else { return id }
        switch self[id] {
        case .nothing, .empty, .bytes, .intersection, .complement, .multiples: return id
        case .sequence:
            var result = ID.empty
            for part in parts(ofSequence: id).reversed() {
                result = try sequence(withoutCounts(above: length, in: part), result)
            }
            return result
        case .choice(let members):
            var results: [ID] = []
            for member in members { results.append(try withoutCounts(above: length, in: member)) }
            return try choice(results)
        case .repetition(let part, let atLeast, let atMost):
            // Each repetition has at least one byte: those that may be empty have no least count.
            return try repetition(
                withoutCounts(above: length, in: part), atLeast: min(atLeast, length + 1),
                atMost: atMost > length ? Self.unlimited : atMost)
        }
    }
}

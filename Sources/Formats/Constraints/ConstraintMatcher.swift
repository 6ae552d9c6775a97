package import Tensors

/// A text that grows token by token, held to a constraint. A copy is a snapshot.
package struct ConstraintMatcher: Sendable {
    private let constraint: Constraint
    private let tokens: TokenTrie
    private var place: Constraint.Place
    /// The text may end here.
    package private(set) var isComplete = false
    /// Nothing may follow but the end.
    package private(set) var mustEnd = false
    /// A token that ends the generation has been accepted.
    package private(set) var hasEnded = false

    package init(_ constraint: Constraint, tokens: TokenTrie) {
        self.constraint = constraint
        self.tokens = tokens
        place = Constraint.Place(set: constraint.start, generation: 0)
        (isComplete, mustEnd) = constraint.startFlags
    }

    /// The tokens that may follow, among them those that end a generation where the text may end. At least one.
    package mutating func mask() throws(ConstraintError) -> TokenMask {
        try constraint.withTables(&place) { tables, set throws(ConstraintError) in try tables.mask(of: set, tokens) }
    }

    /// - Throws: where the token may not follow; the matcher is then as it was.
    package mutating func accept(_ token: TokenID) throws(ConstraintError) {
        if tokens.isEnd(token) {
            guard isComplete else { throw .tokenNotAllowed(token) }
            hasEnded = true
            return
        }
        let bytes = tokens.bytes(of: token)
        guard !hasEnded, !bytes.isEmpty, try advance(by: bytes).isAll else { throw .tokenNotAllowed(token) }
    }

    /// - Throws: where a byte may not follow; the matcher is then as it was.
    package mutating func accept(bytes: some Sequence<UInt8>) throws(ConstraintError) {
        let (matched, isAll) = try advance(by: bytes)
        guard isAll else { throw .byteNotAllowed(at: matched) }
    }

    private mutating func advance(
        by bytes: some Sequence<UInt8>
    ) throws(ConstraintError) -> (matched: Int, isAll: Bool) {
        let bytes = Array(bytes)
        let (next, matched, isAll, isComplete, mustEnd) = try constraint.withTables(&place) {
            tables, set throws(ConstraintError) in
            let (next, matched, isAll) = try tables.advance(set, by: bytes)
            let readings = tables.set(next)
            return (next, matched, isAll, readings.isComplete, readings.readings.isEmpty)
        }
        guard isAll else { return (matched, false) }
        place.set = next
        place.text += bytes
        self.isComplete = isComplete
        self.mustEnd = mustEnd
        return (matched, true)
    }
}

/// Go's rules for comparing values: only of one kind, integers not with floats.
enum GoComparison {
    static func isEqual(
        _ value: GoValue, toAnyOf others: ArraySlice<GoValue>
    ) throws(GoFunction.Failure) -> Bool {
        guard !others.isEmpty else { throw GoFunction.Failure("missing argument for comparison") }
        for other in others where try isEqual(value.underlying, other.underlying) { return true }
        return false
    }

    private static func isEqual(_ left: GoValue, _ right: GoValue) throws(GoFunction.Failure) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.null, _), (_, .null): return false
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        // Not `==`, which holds for different spellings of an accented letter.
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        default:
            guard !isBasic(left), !isBasic(right) else { throw incompatible(left, right) }
            let text = GoFormatter.format("%s", [left], limit: TemplateError.longestMessage).text
            throw GoFunction.Failure("non-comparable type \(text): \(left.typeName)")
        }
    }

    static func isLess(_ left: GoValue, _ right: GoValue) throws(GoFunction.Failure) -> Bool {
        switch (left.underlying, right.underlying) {
        case (.int(let left), .int(let right)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.bool, .bool): throw invalidType
        case (let left, let right): throw isBasic(left) && isBasic(right) ? incompatible(left, right) : invalidType
        }
    }

    private static func incompatible(_ left: GoValue, _ right: GoValue) -> GoFunction.Failure {
        GoFunction.Failure("incompatible types for comparison: \(left.typeName) and \(right.typeName)")
    }

    private static let invalidType = GoFunction.Failure("invalid type for comparison")

    private static func isBasic(_ value: GoValue) -> Bool {
        switch value {
        case .bool, .int, .float, .string: true
        default: false
        }
    }
}

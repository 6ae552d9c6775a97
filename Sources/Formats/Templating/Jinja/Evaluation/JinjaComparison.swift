import OrderedCollections

/// Python's comparisons.
enum JinjaComparison {
    static func holds(
        _ operation: JinjaComparisonOperator, _ left: JinjaValue, _ right: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Bool {
        switch operation {
        case .equal, .notEqual:
            try renderer.charge(steps: min(left.size.weight, right.size.weight))
            return (left == right) == (operation == .equal)
        case .less: return try order(left, right, "<", renderer) { $0 < 0 }
        case .lessOrEqual: return try order(left, right, "<=", renderer) { $0 <= 0 }
        case .greater: return try order(left, right, ">", renderer) { $0 > 0 }
        case .greaterOrEqual: return try order(left, right, ">=", renderer) { $0 >= 0 }
        case .contained: return try contains(right, left, renderer)
        case .notContained: return !(try contains(right, left, renderer))
        }
    }

    // MARK: Order

    private static func order(
        _ left: JinjaValue, _ right: JinjaValue, _ sign: String, _ renderer: JinjaRenderer,
        _ isAccepted: (Int) -> Bool
    ) throws(TemplateError) -> Bool {
        guard let order = try compare(left, right, sign, renderer) else { return false }
        return isAccepted(order)
    }

    /// Negative, zero or positive; nil where a NaN is compared.
    static func compare(
        _ left: JinjaValue, _ right: JinjaValue, _ sign: String, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Int? {
        for operand in [left, right] {
            if case .undefined(let undefined) = operand { throw undefined.error }
        }
        if let left = left.index, let right = right.index { return order(left, right) }
        if let left = left.number, let right = right.number {
            return left.isNaN || right.isNaN ? nil : order(left, right)
        }
        if let left = left.text, let right = right.text {
            try renderer.charge(steps: min(left.utf8.count, right.utf8.count) / 64)
            if left.utf8.elementsEqual(right.utf8) { return 0 }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        }
        switch (left, right) {
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return try compare(left.elements, right.elements, sign, renderer)
        default:
            throw TemplateError(
                .evaluation,
                "'\(sign)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
        }
    }

    private static func compare(
        _ left: [JinjaValue], _ right: [JinjaValue], _ sign: String, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Int? {
        for (left, right) in zip(left, right) {
            try renderer.charge(steps: min(left.size.weight, right.size.weight))
            if left != right { return try compare(left, right, sign, renderer) }
        }
        return order(left.count, right.count)
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    // MARK: Containment

    static func contains(
        _ container: JinjaValue, _ element: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Bool {
        switch container {
        case .string(let text), .markup(let text):
            guard let part = element.text else {
                throw TemplateError(
                    .evaluation,
                    "'in <string>' requires string as left operand, not \(element.typeName)")
            }
            return try renderer.search(for: part, in: text.text).firstOffset(in: text.text) != nil
        case .dictionary(let dictionary):
            try renderer.requireHashable(element)
            return dictionary.entries[element] != nil
        case .range(let range):
            guard let value = element.index else { return false }
            let isBetween =
                range.step > 0
                ? value >= range.start && value < range.stop : value <= range.start && value > range.stop
            return isBetween && (value - range.start) % range.step == 0
        case .list, .tuple, .view, .iterator, .undefined:
            let elements = try renderer.elements(of: container)
            try renderer.charge(steps: elements.count / 4)
            let weight = element.size.weight
            for candidate in elements {
                if weight > 1 { try renderer.charge(steps: min(candidate.size.weight, weight)) }
                if candidate == element { return true }
            }
            return false
        default:
            throw TemplateError(.evaluation, "argument of type '\(container.typeName)' is not iterable")
        }
    }
}

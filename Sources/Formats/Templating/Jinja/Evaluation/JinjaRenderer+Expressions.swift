import JSON
import OrderedCollections

extension JinjaRenderer {
    /// - Parameter caller: what the last call of the expression gets as its `caller`.
    func evaluate(
        _ expression: JinjaExpression, in scope: JinjaScope, caller: JinjaValue? = nil
    ) throws(TemplateError) -> JinjaValue {
        switch expression {
        case .literal(let literal):
            try charge()
            return JinjaValue(literal)
        case .name(let name, let position):
            self.position = position
            return try variable(name, in: scope) ?? JinjaGlobals.value(of: name)
                ?? .undefined("'\(name.excerpt())' is undefined")
        default:
            try enter()
            defer { leave() }
            return try evaluateNested(expression, in: scope, caller: caller)
        }
    }

    func variable(_ name: String, in scope: JinjaScope) throws(TemplateError) -> JinjaValue? {
        let (value, scopes) = scope.find(name)
        try charge(steps: scopes * (1 + name.utf8.count / 64))
        return value
    }

    /// Every case is a function of its own: what one needs on the stack would be there for all of them.
    private func evaluateNested(
        _ expression: JinjaExpression, in scope: JinjaScope, caller: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        switch expression {
        case .literal, .name: try evaluate(expression, in: scope)
        case .list(let elements): try charge(making: .list(try evaluateAll(elements, in: scope)))
        case .tuple(let elements): try charge(making: .tuple(try evaluateAll(elements, in: scope)))
        case .dictionary(let pairs, let position): try dictionary(pairs, position, in: scope)
        case .postfix(let operand, let operations):
            try evaluatePostfix(operand, operations, in: scope, caller: caller)
        case .unary(let operation, let operand, let position): try unary(operation, operand, position, in: scope)
        case .arithmetic(let first, let terms): try arithmetic(first, terms, in: scope)
        case .concatenation(let operands): try concatenation(operands, in: scope)
        case .comparison(let first, let terms): try compare(first, terms, in: scope)
        case .conjunction(let operands): try firstDeciding(operands, isTrue: false, in: scope)
        case .disjunction(let operands): try firstDeciding(operands, isTrue: true, in: scope)
        case .conditional(let condition, let then, let otherwise, let position):
            try conditional(condition, then, otherwise, position, in: scope)
        }
    }

    @inline(never)
    private func unary(
        _ operation: JinjaUnaryOperator, _ operand: JinjaExpression, _ position: JinjaPosition, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        let value = try evaluate(operand, in: scope)
        self.position = position
        return try JinjaArithmetic.apply(operation, to: value)
    }

    @inline(never)
    private func arithmetic(
        _ first: JinjaExpression, _ terms: [JinjaArithmeticTerm], in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var result = try evaluate(first, in: scope)
        for term in terms {
            let operand = try evaluate(term.operand, in: scope)
            position = term.position
            result = try charge(making: try JinjaArithmetic.apply(term.operation, result, operand, self))
        }
        return result
    }

    @inline(never)
    private func concatenation(
        _ operands: [JinjaExpression], in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var text: MarkedText = ""
        for operand in operands {
            let part = try printed(try evaluate(operand, in: scope))
            try charge(bytes: part.byteCount)
            text.append(part)
        }
        return .string(text)
    }

    @inline(never)
    private func conditional(
        _ condition: JinjaExpression, _ then: JinjaExpression, _ otherwise: JinjaExpression?,
        _ position: JinjaPosition, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        if try evaluate(condition, in: scope).isTrue { return try evaluate(then, in: scope) }
        if let otherwise { return try evaluate(otherwise, in: scope) }
        return .undefined(
            "the inline if-expression on line \(position.line) evaluated to false and no else section was defined.")
    }

    @inline(never)
    func evaluateAll(
        _ expressions: [JinjaExpression], in scope: JinjaScope
    ) throws(TemplateError) -> [JinjaValue] {
        var values: [JinjaValue] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression, in: scope)) }
        return values
    }

    @inline(never)
    private func dictionary(
        _ pairs: [JinjaPair], _ position: JinjaPosition, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var entries: OrderedDictionary<JinjaValue, JinjaValue> = [:]
        for pair in pairs {
            let key = try evaluate(pair.key, in: scope)
            let value = try evaluate(pair.value, in: scope)
            self.position = position
            try requireHashable(key)
            entries[key] = value
        }
        return try charge(making: .dictionary(JinjaDictionary(entries)))
    }

    /// Pays for hashing the value.
    func requireHashable(_ key: JinjaValue) throws(TemplateError) {
        try charge(walking: key)
        guard let type = key.unhashableType else { return }
        throw TemplateError(.evaluation, "unhashable type: '\(type)'")
    }

    /// The first operand that is as true as said, else the last one.
    @inline(never)
    private func firstDeciding(
        _ operands: [JinjaExpression], isTrue: Bool, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var value = JinjaValue.none
        for operand in operands {
            value = try evaluate(operand, in: scope)
            if value.isTrue == isTrue { break }
        }
        return value
    }

    @inline(never)
    private func compare(
        _ first: JinjaExpression, _ terms: [JinjaComparisonTerm], in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var left = try evaluate(first, in: scope)
        for term in terms {
            let right = try evaluate(term.operand, in: scope)
            position = term.position
            guard try JinjaComparison.holds(term.operation, left, right, self) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }
}

extension JinjaValue {
    init(_ literal: JinjaLiteral) {
        switch literal {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let value): self = .literal(value)
        }
    }
}

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
            try charge()
            self.position = position
            return scope.value(of: name) ?? JinjaGlobals.value(of: name) ?? .undefined("'\(name)' is undefined")
        default:
            try enter()
            defer { leave() }
            return try evaluateNested(expression, in: scope, caller: caller)
        }
    }

    private func evaluateNested(
        _ expression: JinjaExpression, in scope: JinjaScope, caller: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        switch expression {
        case .literal, .name: return try evaluate(expression, in: scope)
        case .list(let elements): return try charge(making: .list(try evaluateAll(elements, in: scope)))
        case .tuple(let elements): return try charge(making: .tuple(try evaluateAll(elements, in: scope)))
        case .dictionary(let pairs, let position): return try dictionary(pairs, position, in: scope)
        case .postfix(let operand, let operations):
            return try evaluatePostfix(operand, operations, in: scope, caller: caller)
        case .unary(let operation, let operand, let position):
            let value = try evaluate(operand, in: scope)
            self.position = position
            return try JinjaArithmetic.apply(operation, to: value)
        case .arithmetic(let first, let terms):
            var result = try evaluate(first, in: scope)
            for term in terms {
                let operand = try evaluate(term.operand, in: scope)
                position = term.position
                result = try charge(making: try JinjaArithmetic.apply(term.operation, result, operand, self))
            }
            return result
        case .concatenation(let operands):
            var text = ""
            for operand in operands {
                let value = try evaluate(operand, in: scope)
                if value.text == nil { try charge(walking: value) }
                text += value.printed
                try charge(bytes: text.utf8.count)
            }
            return .string(text)
        case .comparison(let first, let terms): return try compare(first, terms, in: scope)
        case .conjunction(let operands): return try firstDeciding(operands, isTrue: false, in: scope)
        case .disjunction(let operands): return try firstDeciding(operands, isTrue: true, in: scope)
        case .conditional(let condition, let then, let otherwise, let position):
            if try evaluate(condition, in: scope).isTrue { return try evaluate(then, in: scope) }
            if let otherwise { return try evaluate(otherwise, in: scope) }
            return .undefined(
                "the inline if-expression on line \(position.line) evaluated to false and no else section was"
                    + " defined.")
        }
    }

    private func evaluateAll(
        _ expressions: [JinjaExpression], in scope: JinjaScope
    ) throws(TemplateError) -> [JinjaValue] {
        var values: [JinjaValue] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression, in: scope)) }
        return values
    }

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

    // MARK: Postfixes

    private func evaluatePostfix(
        _ operand: JinjaExpression, _ operations: [JinjaPostfix], in scope: JinjaScope, caller: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        var value = try evaluate(operand, in: scope)
        for (index, operation) in operations.enumerated() {
            let isLast = index == operations.count - 1
            value = try apply(operation, to: value, in: scope, caller: isLast ? caller : nil)
        }
        return value
    }

    func apply(
        _ filters: [JinjaPostfix], to value: JinjaValue, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var value = value
        for filter in filters { value = try apply(filter, to: value, in: scope, caller: nil) }
        return value
    }

    private func apply(
        _ operation: JinjaPostfix, to value: JinjaValue, in scope: JinjaScope, caller: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        try charge()
        switch operation {
        case .attribute(let name, let position):
            self.position = position
            return try attribute(name, of: value)
        case .item(let key, let position):
            let key = try evaluate(key, in: scope)
            self.position = position
            return try item(key, of: value)
        case .slice(let slice, let position):
            let start = try slice.start.map { (bound) throws(TemplateError) in try evaluate(bound, in: scope) }
            let stop = try slice.stop.map { (bound) throws(TemplateError) in try evaluate(bound, in: scope) }
            let step = try slice.step.map { (bound) throws(TemplateError) in try evaluate(bound, in: scope) }
            self.position = position
            return try charge(making: try self.slice(value, start, stop, step))
        case .call(let arguments, let position):
            var arguments = try evaluate(arguments, in: scope)
            if let caller { arguments.keywords["caller"] = caller }
            self.position = position
            return try charge(making: try call(value, arguments))
        case .filter(let name, let arguments, let position):
            guard JinjaFilters.all[name] != nil else {
                self.position = position
                throw TemplateError(.evaluation, "No filter named '\(name)' found.")
            }
            let arguments = try evaluate(arguments, in: scope)
            self.position = position
            return try applyFilter(name, to: value, arguments)
        case .test(let name, let arguments, let isNegated, let position):
            guard JinjaTests.all[name] != nil else {
                self.position = position
                throw TemplateError(.evaluation, "No test named '\(name)' found.")
            }
            let arguments = try evaluate(arguments, in: scope)
            self.position = position
            return .bool(try applyTest(name, to: value, arguments) != isNegated)
        }
    }

    func applyFilter(
        _ name: String, to value: JinjaValue, _ arguments: JinjaCallArguments
    ) throws(TemplateError) -> JinjaValue {
        guard let filter = JinjaFilters.all[name] else {
            throw TemplateError(.evaluation, "No filter named '\(name)'.")
        }
        let bound = try filter.signature.bind(arguments, to: name)
        return try charge(making: try filter.apply(value, bound, self))
    }

    func applyTest(
        _ name: String, to value: JinjaValue, _ arguments: JinjaCallArguments
    ) throws(TemplateError) -> Bool {
        guard let test = JinjaTests.all[name] else {
            throw TemplateError(.evaluation, "No test named '\(name)'.")
        }
        return try test.holds(value, try test.signature.bind(arguments, to: name), self)
    }

    // MARK: Arguments

    private func evaluate(
        _ arguments: JinjaArguments, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaCallArguments {
        var evaluated = JinjaCallArguments(positional: try evaluateAll(arguments.positional, in: scope))
        if let spread = arguments.spread {
            let elements = try elements(of: try evaluate(spread, in: scope))
            try charge(elements: elements.count)
            evaluated.positional += elements
        }
        for keyword in arguments.keywords {
            evaluated.keywords[keyword.name] = try evaluate(keyword.value, in: scope)
        }
        if let spread = arguments.keywordSpread { try merge(try evaluate(spread, in: scope), into: &evaluated) }
        return evaluated
    }

    private func merge(_ value: JinjaValue, into arguments: inout JinjaCallArguments) throws(TemplateError) {
        guard case .dictionary(let dictionary) = value else {
            throw TemplateError(.evaluation, "argument after ** must be a mapping, not \(value.typeName)")
        }
        try charge(elements: dictionary.entries.count)
        for (key, value) in dictionary.entries {
            guard let name = key.text else { throw TemplateError(.evaluation, "keywords must be strings") }
            arguments.keywords[name] = value
        }
    }
}

extension JinjaValue {
    init(_ literal: JinjaLiteral) {
        switch literal {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let value): self = .string(value)
        }
    }
}

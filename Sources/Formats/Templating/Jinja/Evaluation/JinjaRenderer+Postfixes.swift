import OrderedCollections

extension JinjaRenderer {
    @inline(never)
    func evaluatePostfix(
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
        case .slice(let slice, let position): return try self.slice(value, slice, position, in: scope)
        case .call(let arguments, let position):
            return try call(value, arguments, position, in: scope, caller: caller)
        case .filter(let name, let arguments, let position):
            return try filter(value, name, arguments, position, in: scope)
        case .test(let name, let arguments, let isNegated, let position):
            return .bool(try test(value, name, arguments, position, in: scope) != isNegated)
        }
    }

    @inline(never)
    private func slice(
        _ value: JinjaValue, _ slice: JinjaSlice, _ position: JinjaPosition, in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        var bounds: [JinjaValue?] = []
        for bound in [slice.start, slice.stop, slice.step] {
            bounds.append(try bound.map { (bound) throws(TemplateError) in try evaluate(bound, in: scope) })
        }
        self.position = position
        return try charge(making: try self.slice(value, bounds[0], bounds[1], bounds[2]))
    }

    @inline(never)
    private func call(
        _ value: JinjaValue, _ arguments: JinjaArguments, _ position: JinjaPosition, in scope: JinjaScope,
        caller: JinjaValue?
    ) throws(TemplateError) -> JinjaValue {
        var arguments = try evaluate(arguments, in: scope)
        if let caller { arguments.keywords["caller"] = caller }
        self.position = position
        return try charge(making: try call(value, arguments))
    }

    @inline(never)
    private func filter(
        _ value: JinjaValue, _ name: String, _ arguments: JinjaArguments, _ position: JinjaPosition,
        in scope: JinjaScope
    ) throws(TemplateError) -> JinjaValue {
        guard JinjaFilters.all[name] != nil else {
            self.position = position
            throw TemplateError(.evaluation, "No filter named '\(name)' found.")
        }
        let arguments = try evaluate(arguments, in: scope)
        self.position = position
        return try applyFilter(name, to: value, arguments)
    }

    @inline(never)
    private func test(
        _ value: JinjaValue, _ name: String, _ arguments: JinjaArguments, _ position: JinjaPosition,
        in scope: JinjaScope
    ) throws(TemplateError) -> Bool {
        guard JinjaTests.all[name] != nil else {
            self.position = position
            throw TemplateError(.evaluation, "No test named '\(name)' found.")
        }
        let arguments = try evaluate(arguments, in: scope)
        self.position = position
        return try applyTest(name, to: value, arguments)
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

    @inline(never)
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

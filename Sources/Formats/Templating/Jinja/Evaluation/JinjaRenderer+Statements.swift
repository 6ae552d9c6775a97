import OrderedCollections

extension JinjaRenderer {
    func execute(_ statements: [JinjaStatement], in scope: JinjaScope) throws(TemplateError) -> JinjaFlow {
        for statement in statements {
            let flow = try execute(statement, in: scope)
            if flow != .onward { return flow }
        }
        return .onward
    }

    private func execute(_ statement: JinjaStatement, in scope: JinjaScope) throws(TemplateError) -> JinjaFlow {
        switch statement {
        case .text(let text):
            try charge()
            try write(.literal(text))
        case .output(let expression, let position):
            let value = try evaluate(expression, in: scope)
            self.position = position
            try print(value)
        case .breakLoop: return .leavesLoop
        case .continueLoop: return .continuesLoop
        case .assignment(let target, let expression, let position):
            let value = try evaluate(expression, in: scope)
            self.position = position
            try assign(value, to: target, in: scope)
        case .macro(let macro):
            guard let name = macro.name else { break }
            scope.set(name, to: try closure(macro, in: scope))
        case .unsupported(let tag, let position):
            self.position = position
            throw TemplateError(.evaluation, "'\(tag)' is not supported in chat templates")
        default:
            try enter()
            defer { leave() }
            return try executeBlock(statement, in: scope)
        }
        return .onward
    }

    private func executeBlock(_ statement: JinjaStatement, in scope: JinjaScope) throws(TemplateError) -> JinjaFlow {
        switch statement {
        case .conditional(let branches, let otherwise):
            for branch in branches where try evaluate(branch.condition, in: scope).isTrue {
                return try execute(branch.body, in: scope)
            }
            return try execute(otherwise, in: scope)
        case .loop(let loop):
            let iterable = try evaluate(loop.iterable, in: scope)
            return try run(loop, over: iterable, in: scope, depth: 0)
        case .blockAssignment(let target, let filters, let body, let position):
            return try executeCapture(body, filters, in: scope) { (value) throws(TemplateError) in
                self.position = position
                try assign(value, to: target, in: scope)
            }
        case .filterBlock(let filters, let body):
            return try executeCapture(body, filters, in: scope) { (value) throws(TemplateError) in
                try print(value)
            }
        case .with(let bindings, let body): return try executeWith(bindings, body, in: scope)
        case .scope(let body): return try execute(body, in: JinjaScope(parent: scope))
        case .callBlock(let call, let caller, let position):
            self.position = position
            try print(try evaluate(call, in: scope, caller: try closure(caller, in: scope)))
        default: break
        }
        return .onward
    }

    /// Runs the body apart, and hands on what it printed unless it left a loop.
    @inline(never)
    private func executeCapture(
        _ body: [JinjaStatement], _ filters: [JinjaPostfix], in scope: JinjaScope,
        _ receive: (JinjaValue) throws(TemplateError) -> Void
    ) throws(TemplateError) -> JinjaFlow {
        let (text, flow) = try capture { () throws(TemplateError) in
            try execute(body, in: JinjaScope(parent: scope))
        }
        if flow == .onward { try receive(try apply(filters, to: .string(text), in: scope)) }
        return flow
    }

    @inline(never)
    private func executeWith(
        _ bindings: [JinjaBinding], _ body: [JinjaStatement], in scope: JinjaScope
    ) throws(TemplateError) -> JinjaFlow {
        let inner = JinjaScope(parent: scope)
        for binding in bindings {
            try assign(try evaluate(binding.value, in: scope), to: binding.target, in: inner)
        }
        return try execute(body, in: inner)
    }

    /// Writes what a value prints as.
    private func print(_ value: JinjaValue) throws(TemplateError) {
        try write(try printed(value))
    }

    private func closure(_ macro: JinjaMacro, in scope: JinjaScope) throws(TemplateError) -> JinjaValue {
        if !scope.isCaptured {
            try keepForReclaim(scope)
            scope.isCaptured = true
        }
        return .callable(.macro(JinjaMacroValue(macro, scope: scope)))
    }

    // MARK: Assignment

    private func assign(_ value: JinjaValue, to target: JinjaTarget, in scope: JinjaScope) throws(TemplateError) {
        switch target {
        case .name(let name): scope.set(name, to: value)
        case .attribute(let name, let attribute):
            guard case .namespace(let namespace)? = try variable(name, in: scope) else {
                throw TemplateError(.evaluation, "cannot assign attribute on non-namespace object")
            }
            if namespace.attributes[attribute] == nil { try charge(objects: 1) }
            namespace.attributes[attribute] = value
        case .tuple(let targets):
            let elements = try unpack(value, count: targets.count)
            for (target, element) in zip(targets, elements) { try assign(element, to: target, in: scope) }
        }
    }

    private func unpack(_ value: JinjaValue, count: Int) throws(TemplateError) -> [JinjaValue] {
        guard value.isIterable else {
            throw TemplateError(.evaluation, "cannot unpack non-iterable \(value.typeName) object")
        }
        let elements = try self.elements(of: value)
        guard elements.count >= count else {
            throw TemplateError(
                .evaluation, "not enough values to unpack (expected \(count), got \(elements.count))")
        }
        guard elements.count == count else {
            throw TemplateError(.evaluation, "too many values to unpack (expected \(count))")
        }
        return elements
    }

    // MARK: Loops

    /// Runs a loop. `depth` counts the calls of a recursive one.
    func run(
        _ loop: JinjaForLoop, over iterable: JinjaValue, in scope: JinjaScope, depth: Int
    ) throws(TemplateError) -> JinjaFlow {
        position = loop.position
        var elements = try elements(of: iterable)
        let inner = JinjaScope(parent: scope)
        if let filter = loop.filter { elements = try select(elements, filter, loop.target, inner) }
        let state = JinjaLoop(loop, scope: scope, elements: elements, depth: depth)
        defer { state.finish() }
        while let element = state.advance() {
            try charge()
            inner.clear()
            inner.set("loop", to: .loop(state))
            try assign(element, to: loop.target, in: inner)
            if try execute(loop.body, in: inner) == .leavesLoop { return .onward }
        }
        guard elements.isEmpty else { return .onward }
        return try execute(loop.otherwise, in: JinjaScope(parent: scope))
    }

    private func select(
        _ elements: [JinjaValue], _ filter: JinjaExpression, _ target: JinjaTarget, _ scope: JinjaScope
    ) throws(TemplateError) -> [JinjaValue] {
        var selected: [JinjaValue] = []
        for element in elements {
            scope.clear()
            try assign(element, to: target, in: scope)
            if try evaluate(filter, in: scope).isTrue { selected.append(element) }
        }
        return selected
    }
}

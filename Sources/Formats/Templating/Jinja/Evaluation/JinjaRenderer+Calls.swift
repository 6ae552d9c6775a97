import OrderedCollections

extension JinjaRenderer {
    func call(_ value: JinjaValue, _ arguments: JinjaCallArguments) throws(TemplateError) -> JinjaValue {
        switch value {
        case .callable(.macro(let macro)): return .string(try call(macro, arguments))
        case .callable(.global(_, let global)): return try global.call(arguments, self)
        case .callable(.method(let name, let method, let receiver)):
            return try method.call(receiver, try method.signature.bind(arguments, to: name), self)
        case .callable(.joiner(let joiner)): return .string(joiner.next())
        case .loop(let loop): return .string(try recurse(loop, arguments))
        case .undefined(let undefined): throw undefined.error
        default: throw TemplateError(.evaluation, "'\(value.typeName)' object is not callable")
        }
    }

    /// `loop(…)` in a recursive loop: the whole loop again, over other elements.
    private func recurse(_ loop: JinjaLoop, _ arguments: JinjaCallArguments) throws(TemplateError) -> MarkedText {
        guard loop.loop.isRecursive else {
            throw TemplateError(
                .evaluation, "The loop must have the 'recursive' marker to be called recursively.")
        }
        guard arguments.positional.count == 1, arguments.keywords.isEmpty else {
            throw TemplateError(.evaluation, "loop() takes exactly one argument")
        }
        try enter()
        defer { leave() }
        let iterable = arguments.positional[0]
        return try capture { () throws(TemplateError) in
            try run(loop.loop, over: iterable, in: loop.scope, depth: loop.depth + 1)
        }.text
    }

    // MARK: Macros

    private func call(_ value: JinjaMacroValue, _ arguments: JinjaCallArguments) throws(TemplateError) -> MarkedText {
        try enter()
        defer { leave() }
        let scope = JinjaScope(parent: value.scope)
        try bind(arguments, to: value.macro, in: scope)
        return try capture { () throws(TemplateError) in
            try execute(value.macro.body, in: scope)
        }.text
    }

    private func bind(
        _ arguments: JinjaCallArguments, to macro: JinjaMacro, in scope: JinjaScope
    ) throws(TemplateError) {
        let name = macro.name.map { "'\($0)'" } ?? "None"
        var keywords = arguments.keywords
        for (index, parameter) in macro.parameters.enumerated() {
            if index < arguments.positional.count {
                scope.set(parameter.name, to: arguments.positional[index])
            } else if let value = keywords.removeValue(forKey: parameter.name) {
                scope.set(parameter.name, to: value)
            } else if let defaultValue = parameter.defaultValue {
                scope.set(parameter.name, to: try evaluate(defaultValue, in: scope))
            } else {
                scope.set(parameter.name, to: .undefined("parameter '\(parameter.name)' was not provided"))
            }
        }
        if macro.extras.caller {
            scope.set("caller", to: keywords.removeValue(forKey: "caller") ?? .undefined("No caller defined"))
        }
        if macro.extras.keywords {
            scope.set("kwargs", to: .dictionary(JinjaDictionary(keywords: keywords)))
        } else if let unknown = keywords.keys.first {
            throw TemplateError(
                .evaluation,
                unknown == "caller"
                    ? "macro \(name) was invoked with two values for the special caller argument."
                        + " This is most likely a bug."
                    : "macro \(name) takes no keyword argument '\(unknown)'")
        }
        if macro.extras.positional {
            scope.set("varargs", to: .tuple(Array(arguments.positional.dropFirst(macro.parameters.count))))
        } else if arguments.positional.count > macro.parameters.count {
            throw TemplateError(
                .evaluation, "macro \(name) takes not more than \(macro.parameters.count) argument(s)")
        }
    }
}

extension JinjaDictionary {
    convenience init(keywords: OrderedDictionary<String, JinjaValue>) {
        var entries = OrderedDictionary<JinjaValue, JinjaValue>(minimumCapacity: keywords.count)
        for (name, value) in keywords { entries[.literal(name)] = value }
        self.init(entries)
    }
}

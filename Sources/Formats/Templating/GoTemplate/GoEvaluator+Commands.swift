extension GoEvaluator {
    /// Evaluates a command; `piped` is the value of the command before it, the last argument of a function.
    mutating func evaluate(_ command: GoCommand, dot: GoValue, piped: GoValue?) throws(TemplateError) -> GoValue {
        guard let first = command.operands.first else { return .null }
        try step()
        if case .function(let name) = first.kind {
            place = .operand(first)
            return try call(name, command, dot: dot, piped: piped)
        }
        guard command.operands.count > 1 || piped != nil else {
            if case .nil = first.kind {
                place = .operand(first)
                throw error("nil is not a command")
            }
            return try evaluate(first, dot: dot)
        }
        // Only a function can take arguments.
        switch first.kind {
        case .field(let names): throw try argumentsError(first, names, dot: dot)
        case .variable(_, let fields) where !fields.isEmpty: throw try argumentsError(first, fields, dot: dot)
        case .chain(_, let fields): throw try argumentsError(first, fields, dot: dot)
        case .pipeline: break
        default: place = .operand(first)
        }
        throw error("can't give argument to non-function \(first)")
    }

    /// A field that is given arguments as if it were a method; another error may come first.
    private mutating func argumentsError(
        _ operand: GoOperand, _ names: [String], dot: GoValue
    ) throws(TemplateError) -> TemplateError {
        _ = try evaluate(operand, dot: dot)
        return error("\(names.last ?? "") is not a method but has arguments")
    }

    mutating func evaluate(_ operand: GoOperand, dot: GoValue) throws(TemplateError) -> GoValue {
        try step()
        place = .operand(operand)
        switch operand.kind {
        case .dot: return dot
        case .nil: return .null
        case .bool(let flag): return .bool(flag)
        case .number(.int(let integer), _): return .int(integer)
        case .number(.float(let number), _): return .float(number)
        case .string(let string, _): return .string(.literal(string))
        case .field(let names): return try follow(names, from: dot)
        case .variable(let name, let fields):
            guard let value = try variable(name) else { throw error("undefined variable: \(name)") }
            return try follow(fields, from: value)
        case .chain(let pipeline, let fields):
            let start = try nestedValue(of: pipeline, dot: dot)
            return try follow(fields, from: start)
        case .pipeline(let pipeline): return try nestedValue(of: pipeline, dot: dot)
        case .function(let name):
            let command = GoCommand(position: operand.position, operands: [operand])
            return try call(name, command, dot: dot, piped: nil)
        }
    }

    private mutating func nestedValue(of pipeline: GoPipeline, dot: GoValue) throws(TemplateError) -> GoValue {
        try nested { evaluator throws(TemplateError) in try evaluator.evaluate(pipeline, dot: dot) }
    }

    // MARK: Fields

    private func follow(_ names: [String], from start: GoValue) throws(TemplateError) -> GoValue {
        var value = start
        // What a map of any values gives is an interface to Go, and named as such.
        var typeName: String?
        for (index, name) in names.enumerated() {
            switch value.underlying {
            case .null where index == 0: return .null
            case .null: throw error("nil pointer evaluating interface {}.\(name)")
            case .map(let entries):
                value = entries[name] ?? .null
                typeName = "interface {}"
            case .structure(let structure):
                guard let field = structure.value(of: name) else {
                    throw fieldError(name, typeName ?? value.typeName)
                }
                value = field
                typeName = nil
            default: throw fieldError(name, typeName ?? value.typeName)
            }
        }
        return value
    }

    private func fieldError(_ name: String, _ typeName: String) -> TemplateError {
        error("can't evaluate field \(name) in type \(typeName)")
    }

    // MARK: Functions

    private mutating func call(
        _ name: String, _ command: GoCommand, dot: GoValue, piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        guard let function = GoFunction.named[name] else {
            throw error("\(GoQuoting.quote(name)) is not a defined function")
        }
        let operands = command.operands.dropFirst()
        try checkCount(operands.count + (piped == nil ? 0 : 1), of: function, name)
        if let truth = function.shortCircuitsOn { return try decide(operands, piped, on: truth, dot: dot) }
        var arguments: [GoValue] = []
        for operand in operands {
            let argument = try evaluate(operand, dot: dot)
            if arguments.isEmpty, function.takesFormat { try checkFormat(argument, operand) }
            arguments.append(argument)
        }
        if let piped {
            if arguments.isEmpty, function.takesFormat { try checkFormat(piped, nil) }
            arguments.append(piped)
        }
        for argument in arguments { try charge(argument, stepsPerByte: function.stepsPerByte) }
        let result: GoValue
        do {
            result = try function.body(arguments, GoFunction.Context(now: now, remainingBytes: budget.remainingBytes))
        } catch {
            place = .command(command)
            guard error.kind == .evaluation else { throw TemplateError(error.kind, error.message) }
            throw self.error("error calling \(name): \(error.message)")
        }
        if case .string(let text) = result { try budget.charge(bytes: text.byteCount) }
        return result
    }

    /// Pays for a look at the argument of a function.
    private mutating func charge(_ argument: GoValue, stepsPerByte: Int) throws(TemplateError) {
        switch argument.underlying {
        case .string(let text): try budget.charge(steps: text.utf8.count / 32 + text.utf8.count * stepsPerByte)
        case .slice(let elements): try budget.charge(steps: elements.count)
        case .map(let entries): try budget.charge(steps: entries.count * 8)
        case .null, .bool, .int, .float, .structure, .printing: break
        }
    }

    /// `and` and `or` give the first argument that decides, and do not look at those behind it.
    private mutating func decide(
        _ operands: ArraySlice<GoOperand>, _ piped: GoValue?, on truth: Bool, dot: GoValue
    ) throws(TemplateError) -> GoValue {
        var value = GoValue.null
        for operand in operands {
            value = try evaluate(operand, dot: dot)
            if value.isTrue == truth { return value }
        }
        return piped ?? value
    }

    private func checkCount(_ count: Int, of function: GoFunction, _ name: String) throws(TemplateError) {
        let least = function.parameters
        guard function.isVariadic ? count >= least : count == least else {
            let wanted = function.isVariadic ? "at least \(least)" : "\(least)"
            throw error("wrong number of args for \(name): want \(wanted) got \(count)")
        }
    }

    private func checkFormat(_ argument: GoValue, _ operand: GoOperand?) throws(TemplateError) {
        if case .string = argument { return }
        switch operand?.kind {
        case .bool(let flag): throw error("expected string; found \(flag)")
        case .number(_, let text): throw error("expected string; found \(text)")
        default: throw error("wrong type for value; expected string; got \(argument.typeName)")
        }
    }
}

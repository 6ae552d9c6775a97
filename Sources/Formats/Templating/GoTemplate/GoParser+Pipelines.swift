extension GoParser {
    mutating func pipeline(context: String, closing: GoToken.Kind) throws(TemplateError) -> GoPipeline {
        var pipeline = GoPipeline(position: peekNonSpace().position)
        try declarations(of: &pipeline, context: context)
        while true {
            let token = nextNonSpace()
            if token.kind == closing { break }
            guard Self.startsOperand(token.kind) else { throw unexpected(token, context) }
            backUp()
            pipeline.commands.append(try command())
        }
        try check(pipeline, context)
        return pipeline
    }

    private static func startsOperand(_ kind: GoToken.Kind) -> Bool {
        switch kind {
        case .bool, .character, .dot, .field, .identifier, .number, .nil, .rawString, .string, .variable,
            .leftParenthesis:
            true
        default: false
        }
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    private mutating func declarations(of pipeline: inout GoPipeline, context: String) throws(TemplateError) {
        while peekNonSpace().kind == .variable {
            let name = peek().text
            let ahead = peek(1).kind == .space ? 2 : 1
            let follower = peek(ahead)
            let isComma = follower.kind == .other && follower.text == ","
            guard follower.kind == .assign || follower.kind == .declare || isComma else { return }
            for _ in 0...ahead { _ = next() }
            pipeline.declarations.append(name)
            guard variables.count < Self.maximumVariables else {
                throw TemplateError(.limit, error("more than \(Self.maximumVariables) variables").message)
            }
            variables.append(name)
            guard isComma else {
                pipeline.isAssignment = follower.kind == .assign
                return
            }
            guard context == "range", pipeline.declarations.count < 2 else {
                throw error("too many declarations in \(context)")
            }
            switch peekNonSpace().kind {
            case .variable, .rightDelimiter, .rightParenthesis: continue
            default: throw error("range can only initialize variables")
            }
        }
    }

    private func check(_ pipeline: GoPipeline, _ context: String) throws(TemplateError) {
        guard !pipeline.commands.isEmpty else { throw error("missing value for \(context)") }
        for (index, command) in pipeline.commands.enumerated().dropFirst() {
            switch command.operands.first?.kind {
            case .bool, .dot, .nil, .number, .string:
                throw error("non executable command in pipeline stage \(index + 1)")
            default: break
            }
        }
    }

    private mutating func command() throws(TemplateError) -> GoCommand {
        var command = GoCommand(position: peekNonSpace().position)
        while true {
            _ = peekNonSpace()
            if let operand = try operand() { command.operands.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis: backUp()
            case .pipe: break
            default: throw unexpected(token, "operand")
            }
            break
        }
        guard !command.operands.isEmpty else { throw error("empty command") }
        return command
    }

    /// A term and the fields that follow it; nil where something else comes next.
    private mutating func operand() throws(TemplateError) -> GoOperand? {
        guard var operand = try term() else { return nil }
        guard peek().kind == .field else { return operand }
        operand.position = peek().position
        var fields: [String] = []
        while peek().kind == .field { fields.append(String(next().text.dropFirst())) }
        switch operand.kind {
        case .field(let names): operand.kind = .field(names + fields)
        case .variable(let name, let names): operand.kind = .variable(name, names + fields)
        case .pipeline(let pipeline): operand.kind = .chain(pipeline, fields)
        case .function:
            // `f.X` is the field of what `f` gives without arguments.
            let call = GoCommand(position: operand.position, operands: [operand])
            operand.kind = .chain(GoPipeline(position: operand.position, commands: [call]), fields)
        case .bool, .string, .number, .nil, .dot, .chain:
            throw error("unexpected . after term \(GoQuoting.quote(operand.description))")
        }
        return operand
    }

    private mutating func term() throws(TemplateError) -> GoOperand? {
        let token = nextNonSpace()
        let kind: GoOperand.Kind
        switch token.kind {
        case .identifier:
            guard functions.contains(token.text) else {
                throw error("function \(GoQuoting.quote(token.text)) not defined")
            }
            kind = .function(token.text)
        case .dot: kind = .dot
        case .nil: kind = .nil
        case .bool: kind = .bool(token.text == "true")
        case .field: kind = .field([String(token.text.dropFirst())])
        case .variable:
            guard variables.contains(token.text) else {
                throw error("undefined variable \(GoQuoting.quote(token.text))")
            }
            kind = .variable(token.text, [])
        case .number, .character: kind = try number(token)
        case .string, .rawString: kind = .string(try unquoted(token), text: token.text)
        case .leftParenthesis:
            kind = .pipeline(
                try nested { parser throws(TemplateError) in
                    try parser.pipeline(context: "parenthesized pipeline", closing: .rightParenthesis)
                })
        default:
            backUp()
            return nil
        }
        return GoOperand(kind: kind, position: token.position)
    }

    private func number(_ token: GoToken) throws(TemplateError) -> GoOperand.Kind {
        if token.kind == .character {
            let scalars = try unquoted(token).unicodeScalars
            guard let scalar = scalars.first else { throw error("invalid syntax") }
            guard scalars.count == 1 else { throw error("malformed character constant: \(token.text)") }
            return .number(.int(Int(scalar.value)), text: token.text)
        }
        guard let number = GoNumberText.value(of: token.text) else {
            let isInteger =
                token.text.utf8.dropFirst().allSatisfy(\.isGoDigit) && token.text.utf8.last?.isGoDigit == true
            let problem = isInteger ? "integer overflow" : "illegal number syntax"
            throw error("\(problem): \(GoQuoting.quote(token.text))")
        }
        return .number(number, text: token.text)
    }

    func unquoted(_ token: GoToken) throws(TemplateError) -> String {
        if token.kind == .rawString {
            let body = token.text.utf8.dropFirst().dropLast().filter { $0 != UInt8(ascii: "\r") }
            return String(decoding: body, as: UTF8.self)
        }
        guard let bytes = GoQuoting.unquote(token.text) else { throw error("invalid syntax") }
        return String(decoding: bytes, as: UTF8.self)
    }
}

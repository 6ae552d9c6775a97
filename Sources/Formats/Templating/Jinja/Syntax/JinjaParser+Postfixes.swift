extension JinjaParser {
    /// Attributes, items and calls.
    mutating func parsePostfixes() throws(TemplateError) -> [JinjaPostfix] {
        var operations: [JinjaPostfix] = []
        while true {
            let position = position
            switch current {
            case .symbol(.dot): operations.append(try parseAttribute())
            case .symbol(.leftBracket): operations.append(try parseSubscript())
            case .symbol(.leftParenthesis): operations.append(.call(try parseArguments(), position))
            default: return operations
            }
        }
    }

    /// Filters, tests, and calls of what they give.
    mutating func parseFiltersAndTests(_ operations: inout [JinjaPostfix]) throws(TemplateError) {
        while true {
            let position = position
            switch current {
            case .symbol(.pipe):
                advance()
                operations.append(try parseFilter())
            case .name("is"): operations.append(try parseTest())
            case .symbol(.leftParenthesis): operations.append(.call(try parseArguments(), position))
            default: return
            }
        }
    }

    // MARK: Attributes and items

    private mutating func parseAttribute() throws(TemplateError) -> JinjaPostfix {
        let position = position
        advance()
        switch current {
        case .name(let name):
            advance()
            return .attribute(name, position)
        case .integer(let index):
            advance()
            return .item(.literal(.integer(index)), position)
        default: throw error("expected name or number")
        }
    }

    private mutating func parseSubscript() throws(TemplateError) -> JinjaPostfix {
        let position = position
        advance()
        if current == .symbol(.colon) { return try parseSlice(from: nil, position) }
        var items: [JinjaExpression] = []
        while current != .symbol(.rightBracket) {
            if !items.isEmpty { try expect(.comma) }
            items.append(try parseExpression())
            if items.count == 1, current == .symbol(.colon) { return try parseSlice(from: items[0], position) }
        }
        advance()
        return .item(items.count == 1 ? items[0] : .tuple(items), position)
    }

    private mutating func parseSlice(
        from start: JinjaExpression?, _ position: JinjaPosition
    ) throws(TemplateError) -> JinjaPostfix {
        advance()
        let stop = try parseBound()
        let step = take(.colon) ? try parseBound() : nil
        try expect(.rightBracket)
        return .slice(JinjaSlice(start: start, stop: stop, step: step), position)
    }

    private mutating func parseBound() throws(TemplateError) -> JinjaExpression? {
        if current == .symbol(.colon) || current == .symbol(.rightBracket) { return nil }
        return try parseExpression()
    }

    // MARK: Filters and tests

    /// Parses a filter from its name on.
    mutating func parseFilter() throws(TemplateError) -> JinjaPostfix {
        let position = position
        let name = try parseDottedName()
        if JinjaFilters.all[name] == nil {
            unknownNames.append(error("No filter named '\(name)'.", at: position))
        }
        let arguments = current == .symbol(.leftParenthesis) ? try parseArguments() : JinjaArguments()
        return .filter(name, arguments, position)
    }

    private mutating func parseTest() throws(TemplateError) -> JinjaPostfix {
        advance()
        let isNegated = take(keyword: "not")
        let position = position
        let name = try parseDottedName()
        if JinjaTests.all[name] == nil {
            unknownNames.append(error("No test named '\(name)'.", at: position))
        }
        return .test(name, try parseTestArguments(), isNegated: isNegated, position)
    }

    private mutating func parseDottedName() throws(TemplateError) -> String {
        var name = try expectName()
        while take(.dot) { name += "." + (try expectName()) }
        return name
    }

    /// A test takes its one argument without parentheses too: `x is divisibleby 3`.
    private mutating func parseTestArguments() throws(TemplateError) -> JinjaArguments {
        switch current {
        case .symbol(.leftParenthesis): return try parseArguments()
        case .name("else"), .name("or"), .name("and"): return JinjaArguments()
        case .name("is"): throw error("You cannot chain multiple tests with is")
        case .name, .string, .integer, .float, .symbol(.leftBracket), .symbol(.leftBrace):
            return JinjaArguments(positional: [try parsePostfixed()])
        default: return JinjaArguments()
        }
    }

    private mutating func parsePostfixed() throws(TemplateError) -> JinjaExpression {
        try enter()
        defer { leave() }
        let operand = try parsePrimary()
        let operations = try parsePostfixes()
        return operations.isEmpty ? operand : .postfix(operand, operations)
    }

    // MARK: Arguments

    private mutating func parseArguments() throws(TemplateError) -> JinjaArguments {
        let start = position
        advance()
        var arguments = JinjaArguments()
        var isFirst = true
        while current != .symbol(.rightParenthesis) {
            if !isFirst { try expect(.comma) }
            if current == .symbol(.rightParenthesis) { break }
            isFirst = false
            guard try parseArgument(into: &arguments) else {
                throw error("invalid syntax for function call expression", at: start)
            }
        }
        advance()
        return arguments
    }

    /// False for an argument that may not come after those before it.
    private mutating func parseArgument(into arguments: inout JinjaArguments) throws(TemplateError) -> Bool {
        if take(.multiply) {
            guard arguments.spread == nil, arguments.keywordSpread == nil else { return false }
            arguments.spread = try parseExpression()
        } else if take(.power) {
            guard arguments.keywordSpread == nil else { return false }
            arguments.keywordSpread = try parseExpression()
        } else if case .name(let name) = current, following == .symbol(.assign) {
            guard arguments.keywordSpread == nil else { return false }
            advance()
            advance()
            arguments.keywords.append(.init(name: name, value: try parseExpression()))
        } else {
            guard arguments.spread == nil, arguments.keywordSpread == nil, arguments.keywords.isEmpty else {
                return false
            }
            arguments.positional.append(try parseExpression())
        }
        return true
    }
}

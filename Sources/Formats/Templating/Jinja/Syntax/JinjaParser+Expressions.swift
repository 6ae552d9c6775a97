import OrderedCollections

extension JinjaParser {
    // MARK: Tuples and conditions

    /// An expression, or several separated by commas, which make a tuple.
    mutating func parseTuple(
        allowsConditional: Bool = true, until end: String? = nil, inParentheses: Bool = false
    ) throws(TemplateError) -> JinjaExpression {
        var elements: [JinjaExpression] = []
        var isTuple = false
        while !isAtTupleEnd(end) {
            elements.append(allowsConditional ? try parseExpression() : try parseDisjunction())
            guard take(.comma) else { break }
            isTuple = true
        }
        if isTuple { return .tuple(elements) }
        if let element = elements.first { return element }
        guard inParentheses else { throw error("Expected an expression, got '\(current)'") }
        return .tuple([])
    }

    private func isAtTupleEnd(_ end: String?) -> Bool {
        switch current {
        case .variableEnd, .blockEnd, .symbol(.rightParenthesis): true
        case .name(let name): name == end
        default: false
        }
    }

    mutating func parseExpression() throws(TemplateError) -> JinjaExpression {
        try enter()
        defer { leave() }
        let known = unknownNames.count
        let position = position
        var expression = try parseDisjunction()
        while take(keyword: "if") {
            let condition = try parseDisjunction()
            let otherwise = take(keyword: "else") ? try parseExpression() : nil
            expression = .conditional(condition: condition, then: expression, otherwise: otherwise, position)
            unknownNames.removeSubrange(known...)
        }
        return expression
    }

    // MARK: Logic

    private mutating func parseDisjunction() throws(TemplateError) -> JinjaExpression {
        var operands = [try parseConjunction()]
        while take(keyword: "or") { operands.append(try parseConjunction()) }
        return operands.count == 1 ? operands[0] : .disjunction(operands)
    }

    private mutating func parseConjunction() throws(TemplateError) -> JinjaExpression {
        var operands = [try parseNegation()]
        while take(keyword: "and") { operands.append(try parseNegation()) }
        return operands.count == 1 ? operands[0] : .conjunction(operands)
    }

    private mutating func parseNegation() throws(TemplateError) -> JinjaExpression {
        let position = position
        guard take(keyword: "not") else { return try parseComparison() }
        try enter()
        defer { leave() }
        return .unary(.not, try parseNegation(), position)
    }

    private mutating func parseComparison() throws(TemplateError) -> JinjaExpression {
        let first = try parseArithmetic(rank: 0)
        var terms: [JinjaComparisonTerm] = []
        while let operation = comparisonOperator {
            let position = position
            advance()
            if operation == .notContained { advance() }
            let operand = try parseArithmetic(rank: 0)
            terms.append(JinjaComparisonTerm(operation: operation, operand: operand, position: position))
        }
        return terms.isEmpty ? first : .comparison(first, terms)
    }

    private var comparisonOperator: JinjaComparisonOperator? {
        switch current {
        case .symbol(let symbol): JinjaComparisonOperator(rawValue: symbol.rawValue)
        case .name("in"): .contained
        case .name("not"): following == .name("in") ? .notContained : nil
        default: nil
        }
    }

    // MARK: Arithmetic

    /// Ranks of binary operators, loosest first. `~` stands between the first two.
    private static let operators: [[JinjaArithmeticOperator]] = [
        [.add, .subtract], [.multiply, .divide, .floorDivide, .remainder], [.power],
    ]

    private mutating func parseArithmetic(rank: Int) throws(TemplateError) -> JinjaExpression {
        let first = try parseOperand(rank: rank)
        var terms: [JinjaArithmeticTerm] = []
        while case .symbol(let symbol) = current,
            let operation = JinjaArithmeticOperator(rawValue: symbol.rawValue),
            Self.operators[rank].contains(operation)
        {
            let position = position
            advance()
            let operand = try parseOperand(rank: rank)
            terms.append(JinjaArithmeticTerm(operation: operation, operand: operand, position: position))
        }
        return terms.isEmpty ? first : .arithmetic(first, terms)
    }

    private mutating func parseOperand(rank: Int) throws(TemplateError) -> JinjaExpression {
        switch rank {
        case 0: try parseConcatenation()
        case 1: try parseArithmetic(rank: 2)
        default: try parseUnary(allowsFilters: true)
        }
    }

    private mutating func parseConcatenation() throws(TemplateError) -> JinjaExpression {
        var operands = [try parseArithmetic(rank: 1)]
        while take(.tilde) { operands.append(try parseArithmetic(rank: 1)) }
        return operands.count == 1 ? operands[0] : .concatenation(operands)
    }

    private mutating func parseUnary(allowsFilters: Bool) throws(TemplateError) -> JinjaExpression {
        try enter()
        defer { leave() }
        let position = position
        var operand: JinjaExpression
        if take(.subtract) {
            operand = .unary(.negate, try parseUnary(allowsFilters: false), position)
        } else if take(.add) {
            operand = .unary(.plus, try parseUnary(allowsFilters: false), position)
        } else {
            operand = try parsePrimary()
        }
        var operations = try parsePostfixes()
        if allowsFilters { try parseFiltersAndTests(&operations) }
        return operations.isEmpty ? operand : .postfix(operand, operations)
    }

    // MARK: Primaries

    mutating func parsePrimary() throws(TemplateError) -> JinjaExpression {
        let position = position
        switch current {
        case .name(let name):
            advance()
            return named(name, position)
        case .string:
            var text = ""
            while case .string(let part) = current {
                text += part
                advance()
            }
            return .literal(.string(text))
        case .integer(let value):
            advance()
            return .literal(.integer(value))
        case .float(let value):
            advance()
            return .literal(.float(value))
        case .symbol(.leftParenthesis):
            advance()
            let expression = try parseTuple(inParentheses: true)
            try expect(.rightParenthesis)
            return expression
        case .symbol(.leftBracket): return try parseList()
        case .symbol(.leftBrace): return try parseDictionary()
        default: throw error("unexpected '\(current)'")
        }
    }

    private mutating func named(_ name: String, _ position: JinjaPosition) -> JinjaExpression {
        switch name {
        case "true", "True": return .literal(.bool(true))
        case "false", "False": return .literal(.bool(false))
        case "none", "None": return .literal(.none)
        case "caller": for index in macroExtras.indices { macroExtras[index].caller = true }
        case "varargs": for index in macroExtras.indices { macroExtras[index].positional = true }
        case "kwargs": for index in macroExtras.indices { macroExtras[index].keywords = true }
        default: break
        }
        return .name(name, position)
    }

    private mutating func parseList() throws(TemplateError) -> JinjaExpression {
        advance()
        var elements: [JinjaExpression] = []
        while current != .symbol(.rightBracket) {
            if !elements.isEmpty { try expect(.comma) }
            if current == .symbol(.rightBracket) { break }
            elements.append(try parseExpression())
        }
        advance()
        return .list(elements)
    }

    private mutating func parseDictionary() throws(TemplateError) -> JinjaExpression {
        let position = position
        advance()
        var pairs: [JinjaPair] = []
        while current != .symbol(.rightBrace) {
            if !pairs.isEmpty { try expect(.comma) }
            if current == .symbol(.rightBrace) { break }
            let key = try parseExpression()
            try expect(.colon)
            pairs.append(JinjaPair(key: key, value: try parseExpression()))
        }
        advance()
        return .dictionary(pairs, position)
    }
}

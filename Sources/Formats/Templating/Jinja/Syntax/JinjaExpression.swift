/// What has a value. Chains of equal rank are lists, so that depth comes from brackets alone.
indirect enum JinjaExpression: Sendable {
    case literal(JinjaLiteral)
    case name(String, JinjaPosition)
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case dictionary([JinjaPair], JinjaPosition)
    /// A value and what is done to it from left to right: attributes, items, calls, filters, tests.
    case postfix(JinjaExpression, [JinjaPostfix])
    case unary(JinjaUnaryOperator, JinjaExpression, JinjaPosition)
    case arithmetic(JinjaExpression, [JinjaArithmeticTerm])
    /// `a ~ b ~ c`
    case concatenation([JinjaExpression])
    /// `a < b <= c`: every neighbouring pair has to hold.
    case comparison(JinjaExpression, [JinjaComparisonTerm])
    case conjunction([JinjaExpression])
    case disjunction([JinjaExpression])
    case conditional(condition: JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?, JinjaPosition)
}

enum JinjaLiteral: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
}

struct JinjaPair: Sendable {
    let key: JinjaExpression
    let value: JinjaExpression
}

enum JinjaUnaryOperator: String, Sendable {
    case negate = "-"
    case plus = "+"
    case not
}

enum JinjaArithmeticOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
}

struct JinjaArithmeticTerm: Sendable {
    let operation: JinjaArithmeticOperator
    let operand: JinjaExpression
    let position: JinjaPosition
}

enum JinjaComparisonOperator: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"
    case notContained = "not in"
}

struct JinjaComparisonTerm: Sendable {
    let operation: JinjaComparisonOperator
    let operand: JinjaExpression
    let position: JinjaPosition
}

/// What follows a value.
enum JinjaPostfix: Sendable {
    case attribute(String, JinjaPosition)
    case item(JinjaExpression, JinjaPosition)
    case slice(JinjaSlice, JinjaPosition)
    case call(JinjaArguments, JinjaPosition)
    case filter(String, JinjaArguments, JinjaPosition)
    case test(String, JinjaArguments, isNegated: Bool, JinjaPosition)
}

struct JinjaSlice: Sendable {
    let start: JinjaExpression?
    let stop: JinjaExpression?
    let step: JinjaExpression?
}

/// The arguments of a call as they are written.
struct JinjaArguments: Sendable {
    struct Keyword: Sendable {
        let name: String
        let value: JinjaExpression
    }

    var positional: [JinjaExpression] = []
    var keywords: [Keyword] = []
    /// `*values`
    var spread: JinjaExpression?
    /// `**values`
    var keywordSpread: JinjaExpression?
}

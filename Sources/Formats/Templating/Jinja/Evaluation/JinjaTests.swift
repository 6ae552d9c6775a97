/// A test: `value is name(arguments)`.
struct JinjaTest: Sendable {
    typealias Holds = @Sendable (JinjaValue, JinjaBoundArguments, JinjaRenderer) throws(TemplateError) -> Bool

    let signature: JinjaSignature
    let holds: Holds

    init(_ parameters: String..., holds: @escaping Holds) {
        signature = JinjaSignature(parameters)
        self.holds = holds
    }
}

/// All tests by name.
enum JinjaTests {
    static let all: [String: JinjaTest] = {
        var tests = kinds.merging(properties) { first, _ in first }
        for (names, operation) in comparisons {
            let test = comparison(operation)
            for name in names { tests[name] = test }
        }
        return tests
    }()

    /// What sort of value it is.
    private static let kinds: [String: JinjaTest] = [
        "defined": JinjaTest { value, _, _ in !value.isUndefined },
        "undefined": JinjaTest { value, _, _ in value.isUndefined },
        "none": JinjaTest { value, _, _ in if case .none = value { true } else { false } },
        "boolean": JinjaTest { value, _, _ in if case .bool = value { true } else { false } },
        "true": JinjaTest { value, _, _ in if case .bool(true) = value { true } else { false } },
        "false": JinjaTest { value, _, _ in if case .bool(false) = value { true } else { false } },
        "integer": JinjaTest { value, _, _ in if case .integer = value { true } else { false } },
        "float": JinjaTest { value, _, _ in if case .float = value { true } else { false } },
        "number": JinjaTest { value, _, _ in value.number != nil },
        "string": JinjaTest { value, _, _ in value.text != nil },
        "escaped": JinjaTest { value, _, _ in if case .markup = value { true } else { false } },
        "mapping": JinjaTest { value, _, _ in if case .dictionary = value { true } else { false } },
        "iterable": JinjaTest { value, _, _ in value.isIterable },
        "sequence": JinjaTest { value, _, _ in
            switch value {
            case .string, .markup, .list, .tuple, .dictionary, .range, .undefined: true
            default: false
            }
        },
        "callable": JinjaTest { value, _, _ in
            switch value {
            // A loop can be called where it is recursive, and an undefined value raises only when it is.
            case .callable, .loop, .undefined: true
            default: false
            }
        },
    ]

    private static let properties: [String: JinjaTest] = [
        "odd": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try remainder(value, .integer(2), renderer) == .integer(1)
        },
        "even": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try remainder(value, .integer(2), renderer) == .integer(0)
        },
        "divisibleby": JinjaTest("num") { (value, arguments, renderer) throws(TemplateError) in
            try remainder(value, arguments.required(0), renderer) == .integer(0)
        },
        "lower": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try hasCase(value, upper: false, renderer)
        },
        "upper": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try hasCase(value, upper: true, renderer)
        },
        "in": JinjaTest("seq") { (value, arguments, renderer) throws(TemplateError) in
            try JinjaComparison.contains(arguments.required(0), value, renderer)
        },
        "sameas": JinjaTest("other") { (value, arguments, renderer) throws(TemplateError) in
            try renderer.charge(walking: value)
            return value.isSame(as: arguments.required(0))
        },
        "filter": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try renderer.charge(walking: value)
            return value.text.map { JinjaFilters.all[$0] != nil } ?? false
        },
        "test": JinjaTest { (value, _, renderer) throws(TemplateError) in
            try renderer.charge(walking: value)
            return value.text.map { JinjaTests.all[$0] != nil } ?? false
        },
    ]

    private static let comparisons: [([String], JinjaComparisonOperator)] = [
        (["eq", "==", "equalto"], .equal), (["ne", "!="], .notEqual),
        (["lt", "<", "lessthan"], .less), (["le", "<="], .lessOrEqual),
        (["gt", ">", "greaterthan"], .greater), (["ge", ">="], .greaterOrEqual),
    ]

    private static func comparison(_ operation: JinjaComparisonOperator) -> JinjaTest {
        JinjaTest("other") { (value, arguments, renderer) throws(TemplateError) in
            try JinjaComparison.holds(operation, value, arguments.required(0), renderer)
        }
    }

    private static func hasCase(
        _ value: JinjaValue, upper: Bool, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Bool {
        let text = try renderer.printed(value)
        try renderer.charge(steps: text.utf8.count)
        return text.text.hasCase(upper: upper)
    }

    private static func remainder(
        _ value: JinjaValue, _ divisor: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        try JinjaArithmetic.apply(.remainder, value, divisor, renderer)
    }
}

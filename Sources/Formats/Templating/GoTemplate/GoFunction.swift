import JSON

/// A function that a template may call.
struct GoFunction: Sendable {
    struct Failure: Error {
        var message: String
        var kind = TemplateError.Kind.evaluation

        init(_ message: String) { self.message = message }

        /// The result takes more bytes than there may be.
        static var tooLong: Failure {
            var failure = Failure("the template makes more bytes of values than it may")
            failure.kind = .limit
            return failure
        }
    }

    struct Context {
        var now: LocalTime
        /// How long a text may become.
        var remainingBytes: Int
    }

    /// How many arguments are needed.
    let parameters: Int
    /// Takes any number of further arguments.
    let isVariadic: Bool
    /// The first argument is a format string.
    let takesFormat: Bool
    /// The truth at which the evaluation of the arguments ends.
    let shortCircuitsOn: Bool?
    /// How many steps a byte of its texts takes; else a step is enough for many bytes.
    let stepsPerByte: Int
    let body: @Sendable ([GoValue], Context) throws(Failure) -> GoValue

    private init(
        _ parameters: Int, variadic: Bool = false, takesFormat: Bool = false, shortCircuitsOn: Bool? = nil,
        stepsPerByte: Int = 0, _ body: @escaping @Sendable ([GoValue], Context) throws(Failure) -> GoValue
    ) {
        self.parameters = parameters
        isVariadic = variadic
        self.takesFormat = takesFormat
        self.shortCircuitsOn = shortCircuitsOn
        self.stepsPerByte = stepsPerByte
        self.body = body
    }

    static let names = Set(named.keys)

    static let named: [String: GoFunction] = [
        // Logic; the evaluator itself stops at the argument that decides.
        "and": GoFunction(1, variadic: true, shortCircuitsOn: false) { arguments, _ in arguments[0] },
        "or": GoFunction(1, variadic: true, shortCircuitsOn: true) { arguments, _ in arguments[0] },
        "not": GoFunction(1) { arguments, _ in .bool(!arguments[0].isTrue) },

        // Comparison.
        "eq": GoFunction(1, variadic: true) { arguments, _ throws(Failure) in
            .bool(try GoComparison.isEqual(arguments[0], toAnyOf: arguments.dropFirst()))
        },
        "ne": comparison { left, right throws(Failure) in try !GoComparison.isEqual(left, toAnyOf: [right]) },
        "lt": comparison(GoComparison.isLess),
        "le": comparison { left, right throws(Failure) in
            if try GoComparison.isLess(left, right) { return true }
            return try GoComparison.isEqual(left, toAnyOf: [right])
        },
        "gt": comparison { left, right throws(Failure) in
            if try GoComparison.isLess(left, right) { return false }
            return try !GoComparison.isEqual(left, toAnyOf: [right])
        },
        "ge": comparison { left, right throws(Failure) in try !GoComparison.isLess(left, right) },

        // Parts.
        "len": GoFunction(1) { arguments, _ throws(Failure) in .int(try GoCollections.length(of: arguments[0])) },
        "index": GoFunction(1, variadic: true) { arguments, _ throws(Failure) in
            try GoCollections.element(of: arguments[0], at: arguments.dropFirst())
        },
        "slice": GoFunction(1, variadic: true) { arguments, _ throws(Failure) in
            try GoCollections.slice(of: arguments[0], Array(arguments.dropFirst()))
        },

        // Text.
        "print": text { GoFormatter.print($0, limit: $1) },
        "println": text { GoFormatter.printLine($0, limit: $1) },
        "printf": GoFunction(1, variadic: true, takesFormat: true, stepsPerByte: 3) { arguments, context in
            guard case .string(let format) = arguments[0] else { return .null }
            return .string(GoFormatter.format(format, Array(arguments.dropFirst()), limit: context.remainingBytes))
        },
        "html": escape(GoEscaping.html),
        "js": escape(GoEscaping.javaScript),
        "urlquery": escape(GoEscaping.query),
        "call": GoFunction(1, variadic: true) { arguments, _ throws(Failure) in
            guard arguments[0] != .null else { throw Failure("call of nil") }
            throw Failure("non-function of type \(arguments[0].typeName)")
        },

        // What Ollama adds.
        "json": GoFunction(1) { arguments, _ in .string(arguments[0].jsonText) },
        "currentDate": GoFunction(0, variadic: true) { _, context in .string(.literal(context.now.dateText)) },
        "yesterdayDate": GoFunction(0, variadic: true) { _, context in .string(.literal(context.now.yesterday.dateText))
        },
        "toTypeScriptType": GoFunction(1) { arguments, _ in .string(.literal(TypeScriptType.text(of: arguments[0]))) },
    ]

    private static func comparison(
        _ holds: @escaping @Sendable (GoValue, GoValue) throws(Failure) -> Bool
    ) -> GoFunction {
        GoFunction(2) { arguments, _ throws(Failure) in .bool(try holds(arguments[0], arguments[1])) }
    }

    private static func text(_ write: @escaping @Sendable ([GoValue], _ limit: Int) -> MarkedText) -> GoFunction {
        GoFunction(0, variadic: true) { arguments, context in .string(write(arguments, context.remainingBytes)) }
    }

    private static func escape(_ escape: @escaping @Sendable (String) -> String) -> GoFunction {
        GoFunction(0, variadic: true, stepsPerByte: 4) { arguments, context throws(Failure) in
            let limit = context.remainingBytes / GoEscaping.growth
            let text = GoFormatter.escapable(arguments, limit: limit)
            // What is too long is refused for its length, and not made longer before.
            guard text.utf8.count <= limit else { throw Failure.tooLong }
            return .string(text.mapping(escape))
        }
    }
}

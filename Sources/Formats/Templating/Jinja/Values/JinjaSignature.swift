import JSON
import OrderedCollections

/// The arguments of a call.
struct JinjaCallArguments {
    var positional: [JinjaValue] = []
    var keywords: OrderedDictionary<String, JinjaValue> = [:]
}

/// The parameters of a filter, test or method. A name ending in `?` may be left out, `*` takes any number.
struct JinjaSignature: Sendable {
    private let names: [String]
    private let requiredCount: Int
    private let isVariadic: Bool

    init(_ parameters: [String]) {
        isVariadic = parameters.last == "*"
        let named = isVariadic ? Array(parameters.dropLast()) : parameters
        requiredCount = named.prefix { !$0.hasSuffix("?") }.count
        names = named.map { $0.hasSuffix("?") ? String($0.dropLast()) : $0 }
    }

    /// Puts each argument in the place of its parameter.
    func bind(_ arguments: JinjaCallArguments, to function: String) throws(TemplateError) -> JinjaBoundArguments {
        if isVariadic {
            return JinjaBoundArguments(
                values: arguments.positional.map { $0 }, rest: arguments, function: function, names: names)
        }
        guard arguments.positional.count <= names.count else {
            throw TemplateError(
                .evaluation,
                "\(function)() takes at most \(names.count) arguments (\(arguments.positional.count) given)")
        }
        var values: [JinjaValue?] = arguments.positional
        values += repeatElement(nil, count: names.count - values.count)
        for (name, value) in arguments.keywords {
            guard let index = names.firstIndex(of: name) else {
                throw TemplateError(
                    .evaluation, "\(function)() got an unexpected keyword argument '\(name.excerpt())'")
            }
            guard values[index] == nil else {
                throw TemplateError(.evaluation, "\(function)() got multiple values for argument '\(name)'")
            }
            values[index] = value
        }
        for (index, name) in names.prefix(requiredCount).enumerated() where values[index] == nil {
            throw TemplateError(
                .evaluation, "\(function)() missing 1 required positional argument: '\(name)'")
        }
        return JinjaBoundArguments(values: values, rest: JinjaCallArguments(), function: function, names: names)
    }
}

/// Arguments by the place of their parameter.
struct JinjaBoundArguments {
    fileprivate(set) var values: [JinjaValue?]
    /// All arguments, where any number is allowed.
    let rest: JinjaCallArguments
    let function: String
    fileprivate let names: [String]

    /// The argument, unless it was left out.
    subscript(_ index: Int) -> JinjaValue? {
        index < values.count ? values[index] : nil
    }

    /// The argument, unless it was left out or is `none`.
    func given(_ index: Int) -> JinjaValue? {
        guard let value = self[index] else { return nil }
        if case .none = value { return nil }
        return value
    }

    /// A required argument. The signature has made sure that it is there.
    func required(_ index: Int) -> JinjaValue {
        self[index] ?? .none
    }

    func flag(_ index: Int) -> Bool {
        self[index]?.isTrue ?? false
    }

    func text(_ index: Int) throws(TemplateError) -> String { try marked(index).text }

    func marked(_ index: Int) throws(TemplateError) -> MarkedText {
        let value = required(index)
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let text = value.marked else {
            throw TemplateError(
                .evaluation,
                names.count == 1
                    ? "\(function)() argument must be str, not \(value.typeName)"
                    : "\(function)() argument \(index + 1) must be str, not \(value.typeName)")
        }
        return text
    }

    func integer(_ index: Int, default defaultValue: Int) throws(TemplateError) -> Int {
        guard let value = self[index] else { return defaultValue }
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let integer = value.index else {
            throw TemplateError(
                .evaluation, "'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return integer
    }
}

extension JinjaUndefined {
    /// What is thrown when something is made of the missing value.
    var error: TemplateError { TemplateError(.evaluation, message) }
}

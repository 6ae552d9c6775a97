/// What can be called with `(…)`.
indirect enum JinjaCallable {
    case macro(JinjaMacroValue)
    case global(String, JinjaGlobal)
    /// A method and the value it belongs to.
    case method(String, JinjaMethod, receiver: JinjaValue)
    case cycler(JinjaCycler)
    case joiner(JinjaJoiner)

    var typeName: String {
        switch self {
        case .macro: "Macro"
        case .global: "function"
        case .method: "builtin_function_or_method"
        case .cycler: "Cycler"
        case .joiner: "Joiner"
        }
    }

    var represented: String {
        switch self {
        case .macro(let value): value.macro.name.map { "<Macro '\($0)'>" } ?? "<Macro anonymous>"
        case .global(let name, _): "<function \(name)>"
        case .method(let name, _, let receiver): "<built-in method \(name) of \(receiver.typeName) object>"
        case .cycler: "<Cycler>"
        case .joiner: "<Joiner>"
        }
    }

    /// Equal for the same object or function.
    var identity: AnyHashable {
        switch self {
        case .macro(let value): ObjectIdentifier(value)
        case .global(let name, _): name
        case .method(let name, _, let receiver): [AnyHashable(name), AnyHashable(receiver)]
        case .cycler(let cycler): ObjectIdentifier(cycler)
        case .joiner(let joiner): ObjectIdentifier(joiner)
        }
    }
}

/// A function that is always there, such as `range`.
struct JinjaGlobal: Sendable {
    let call: @Sendable (JinjaCallArguments, JinjaRenderer) throws(TemplateError) -> JinjaValue
}

/// A method of a type.
struct JinjaMethod: Sendable {
    let signature: JinjaSignature
    let call: @Sendable (JinjaValue, JinjaBoundArguments, JinjaRenderer) throws(TemplateError) -> JinjaValue

    init(
        _ parameters: String...,
        call: @escaping @Sendable (JinjaValue, JinjaBoundArguments, JinjaRenderer) throws(TemplateError) -> JinjaValue
    ) {
        signature = JinjaSignature(parameters)
        self.call = call
    }
}

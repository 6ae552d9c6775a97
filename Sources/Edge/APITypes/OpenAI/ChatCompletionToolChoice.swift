import JSON

/// `tool_choice` of a chat completion.
package enum ChatCompletionToolChoice: Hashable, Sendable {
    case none
    case auto
    case required
    case named(String)

    /// - Parameter tools: those that are offered.
    init(_ value: JSONValue?, tools: [JSONValue]) throws(WireError) {
        switch value {
        case nil, .string("auto")?: self = .auto
        case .string("none")?: self = .none
        case .string("required")?, .string("any")?: self = .required
        case let other?:
            if let name = Self.name(other) {
                self = .named(name)
                break
            }
            let found = JSONWriter(.go).text(of: other).excerpt()
            throw .invalid(
                "tool_choice \(found) is not supported; use \"auto\", \"none\", \"required\" or "
                    + "{\"type\": \"function\", \"function\": {\"name\": …}}")
        }
        try check(tools)
    }

    private static func name(_ choice: JSONValue) -> String? {
        guard ["function", nil].contains(choice["type"]?.stringValue) else { return nil }
        return choice["function"]?["name"]?.stringValue ?? choice["name"]?.stringValue
    }

    private func check(_ tools: [JSONValue]) throws(WireError) {
        let names = tools.compactMap { ($0["function"] ?? $0)["name"]?.stringValue }
        switch self {
        case .required where names.isEmpty: throw .invalid("tool_choice \"required\" needs tools; send some")
        case .named(let name) where !names.contains(name):
            throw .invalid("tool_choice names \(goQuoted(name.excerpt())), which is none of the tools")
        default: break
        }
    }
}

package import JSON

/// `think` of a request: whether, or how hard, to think before the answer.
package enum ThinkValue: Hashable, Sendable, WireEncodable {
    case bool(Bool)
    /// `low`, `medium`, `high` or `max`.
    case level(String)

    package static let levels = ["high", "medium", "low", "max"]

    package init(_ value: JSONValue) throws(WireError) {
        switch value {
        case .bool(let bool):
            self = .bool(bool)
        case .string(let level):
            guard Self.levels.contains(level) else {
                throw .invalid(
                    "invalid think value: \(goQuoted(level.excerpt())) (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
                )
            }
            self = .level(level)
        default:
            throw .invalid("think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or false)")
        }
    }

    package var json: JSONValue {
        switch self {
        case .bool(let bool): .bool(bool)
        case .level(let level): .string(level)
        }
    }
}

extension WireFields {
    package func think(_ key: String) throws(WireError) -> ThinkValue? {
        guard let value = given(key) else { return nil }
        return try ThinkValue(value)
    }
}

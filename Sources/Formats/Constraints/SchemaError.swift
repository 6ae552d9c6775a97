package import JSON

/// Why a JSON schema cannot be a constraint. Paths are JSON pointers into the schema, as fragments: `#/properties/a`.
package enum SchemaError: Error, Hashable, Sendable {
    /// A keyword that constraints do not know, or do not know in this place.
    /// - reason: in which use; empty where it is never supported.
    case unsupported(keyword: String, path: String, reason: String)
    /// The value of a keyword is not what JSON Schema asks for.
    case invalid(keyword: String, path: String, reason: String)
    case regex(RegexError, keyword: String, path: String)
    case notJSON(JSONError)
    /// Neither an object nor a boolean.
    case notASchema(path: String)
    case unknownReference(String, path: String)
    /// References that come back to themselves before a value begins.
    case cyclicReference(path: String)
    case unsatisfiable(path: String)
    case tooLarge(String, limit: Int)
}

extension SchemaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unsupported(let keyword, let path, let reason):
            "the keyword \(Self.quoted(keyword)) at \(path) is not supported in \"format\""
                + (reason.isEmpty ? "" : ": \(reason)")
        case .invalid(let keyword, let path, let reason):
            "the keyword \(Self.quoted(keyword)) at \(path) is not valid: \(reason)"
        case .regex(let error, let keyword, let path): "the keyword \(Self.quoted(keyword)) at \(path): \(error)"
        case .notJSON(let error): "the schema is not JSON: \(error)"
        case .notASchema(let path): "the schema at \(path) is neither an object nor a boolean"
        case .unknownReference(let reference, let path):
            "the keyword \"$ref\" at \(path) names \(Self.quoted(reference)), which is not in the schema"
        case .cyclicReference(let path): "the keyword \"$ref\" at \(path) refers to itself without a value in between"
        case .unsatisfiable(let path): "no value can match the schema at \(path)"
        case .tooLarge(let quantity, let limit): "the schema is too large: more than \(limit) \(quantity)"
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(text.excerpt(100))\"" }
}

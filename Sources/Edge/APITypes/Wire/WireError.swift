/// Why a JSON value is not the request or reply that was expected. The texts are those of Go's `encoding/json`,
/// which clients match on by their first words.
package enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// - Parameters:
    ///   - value: what was found: `string`, `number 1.5`, `array`, …
    ///   - field: root type and path, `ChatRequest.messages.content`; nil at the root.
    ///   - type: the Go type that was wanted.
    case mismatch(value: String, field: String?, type: String)
    /// A value of the right JSON type that is not acceptable.
    case invalid(String)

    package var description: String {
        switch self {
        case .mismatch(let value, let field?, let type):
            "json: cannot unmarshal \(value) into Go struct field \(field) of type \(type)"
        case .mismatch(let value, nil, let type):
            "json: cannot unmarshal \(value) into Go value of type \(type)"
        case .invalid(let message):
            message
        }
    }
}

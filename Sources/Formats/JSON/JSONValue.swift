// Re-exported, so that whoever uses a `JSONObject` sees its members.
@_exported public import OrderedCollections

/// A JSON value whose objects keep the order of their keys, as templates, schemas and tool definitions need.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction or exponent that fits in 64 bits.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

package typealias JSONObject = OrderedDictionary<String, JSONValue>

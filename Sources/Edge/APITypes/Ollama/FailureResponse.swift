package import JSON

/// Body of every failed native request, and the last line of a stream that fails.
package struct FailureResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "StatusError"

    package var error: String

    package init(error: String) {
        self.error = error
    }

    package init(_ fields: WireFields) throws(WireError) {
        error = try fields.string("error") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("error", error)
        return object.json
    }
}

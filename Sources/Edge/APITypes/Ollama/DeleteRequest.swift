package import JSON

/// Body of `DELETE /api/delete`.
package struct DeleteRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "DeleteRequest"

    package var model: String

    package init(model: String) {
        self.model = model
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.modelName()
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        return object.json
    }
}

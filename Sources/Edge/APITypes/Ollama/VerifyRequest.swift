package import JSON

/// Body of `POST /api/verify`, which Ollama does not have.
package struct VerifyRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "VerifyRequest"

    /// Names of models; none means all of the store.
    package var models: [String]

    package init(models: [String] = []) {
        self.models = models
    }

    package init(_ fields: WireFields) throws(WireError) {
        models = try fields.strings("models") ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.setUnlessEmpty("models", models)
        return object.json
    }
}

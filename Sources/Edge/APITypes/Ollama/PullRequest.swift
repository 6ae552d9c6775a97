package import JSON

/// Body of `POST /api/pull`.
package struct PullRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "PullRequest"

    package var model: String
    /// Permits registries without TLS.
    package var insecure = false
    package var stream: Bool?

    package init(model: String, insecure: Bool = false) {
        self.model = model
        self.insecure = insecure
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.modelName()
        insecure = try fields.bool("insecure") ?? false
        stream = try fields.bool("stream")
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.setIfTrue("insecure", insecure)
        object.setIfPresent("stream", stream)
        return object.json
    }
}

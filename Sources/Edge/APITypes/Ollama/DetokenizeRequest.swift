package import JSON

/// Body of `POST /api/detokenize`, which Ollama has as a proposal only.
package struct DetokenizeRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "DetokenizeRequest"

    package var model: String
    /// Nil where the request has none.
    package var tokens: [Int]?
    /// Checked, and without use: the model's weights are not loaded.
    package var keepAlive: GoDuration?

    package init(model: String, tokens: [Int]?) {
        self.model = model
        self.tokens = tokens
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        tokens = try fields.integers("tokens")
        keepAlive = try fields.keepAlive("keep_alive")
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.setIfPresent("tokens", tokens.map { .array($0.map { .integer($0) }) })
        object.setKeepAlive(keepAlive)
        return object.json
    }
}

/// The answer to `POST /api/detokenize`.
package struct DetokenizeResponse: Hashable, Sendable, WireEncodable {
    package var content: String
    package var metrics = Metrics()

    package init(content: String) {
        self.content = content
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("content", content)
        metrics.write(to: &object)
        return object.json
    }
}

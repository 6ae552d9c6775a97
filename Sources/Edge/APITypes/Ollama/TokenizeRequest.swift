package import JSON

/// Body of `POST /api/tokenize`, which Ollama has as a proposal only.
package struct TokenizeRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "TokenizeRequest"

    package var model: String
    /// `content`, or `text` as earlier proposals call it; nil where neither is there.
    package var content: String?
    /// Beginning and end of text, where the model wants them.
    package var addSpecial: Bool
    /// Whether the texts of control tokens become these tokens.
    package var parseSpecial: Bool
    /// Checked, and without use: the model's weights are not loaded.
    package var keepAlive: GoDuration?

    package init(model: String, content: String?, addSpecial: Bool = false, parseSpecial: Bool = true) {
        self.model = model
        self.content = content
        self.addSpecial = addSpecial
        self.parseSpecial = parseSpecial
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        let text = try fields.string("text")
        content = try fields.string("content") ?? text
        // Names and defaults of llama.cpp's server.
        addSpecial = try fields.bool("add_special") ?? false
        parseSpecial = try fields.bool("parse_special") ?? true
        keepAlive = try fields.keepAlive("keep_alive")
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.setIfPresent("content", content.map { .string($0) })
        object.set("add_special", addSpecial)
        object.set("parse_special", parseSpecial)
        object.setKeepAlive(keepAlive)
        return object.json
    }
}

/// The answer to `POST /api/tokenize`.
package struct TokenizeResponse: Hashable, Sendable, WireEncodable {
    package var tokens: [Int32]
    package var metrics = Metrics()

    package init(tokens: [Int32]) {
        self.tokens = tokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("tokens", .array(tokens.map { .integer(Int($0)) }))
        metrics.write(to: &object)
        return object.json
    }
}

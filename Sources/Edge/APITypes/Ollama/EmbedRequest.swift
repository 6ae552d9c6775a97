package import JSON

/// Body of `POST /api/embed`.
package struct EmbedRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "EmbedRequest"

    package var model: String
    /// Empty only loads the model.
    package var input: [String] = []
    package var truncate: Bool?
    package var dimensions: Int?
    package var keepAlive: GoDuration?
    package var options: JSONObject = [:]

    package init(model: String) {
        self.model = model
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        input = try Self.input(fields.given("input"))
        truncate = try fields.bool("truncate")
        dimensions = try fields.integer("dimensions")
        keepAlive = try fields.keepAlive("keep_alive")
        options = try fields.object("options") ?? [:]
    }

    private static func input(_ value: JSONValue?) throws(WireError) -> [String] {
        switch value {
        case nil, .object([:])?: return []
        case .string(let text)?: return [text]
        case .array(let elements)?:
            let texts = elements.compactMap(\.stringValue)
            guard texts.count == elements.count else { throw .invalid("invalid input type") }
            return texts
        default: throw .invalid("invalid input type")
        }
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("input", input)
        object.setIfPresent("truncate", truncate)
        object.setIfPresent("dimensions", dimensions)
        object.setKeepAlive(keepAlive)
        object.setUnlessEmpty("options", options)
        return object.json
    }
}

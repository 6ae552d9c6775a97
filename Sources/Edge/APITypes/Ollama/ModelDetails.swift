package import JSON

/// What a model is made of, as `tags`, `ps` and `show` write it.
package struct ModelDetails: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ModelDetails"

    package var parentModel = ""
    package var format = ""
    package var family = ""
    /// Nil is written as `null`.
    package var families: [String]?
    package var parameterSize = ""
    package var quantizationLevel = ""
    package var contextLength = 0
    package var embeddingLength = 0

    package init() {}

    package init(_ fields: WireFields) throws(WireError) {
        parentModel = try fields.string("parent_model") ?? ""
        format = try fields.string("format") ?? ""
        family = try fields.string("family") ?? ""
        families = try fields.strings("families")
        parameterSize = try fields.string("parameter_size") ?? ""
        quantizationLevel = try fields.string("quantization_level") ?? ""
        contextLength = try fields.integer("context_length") ?? 0
        embeddingLength = try fields.integer("embedding_length") ?? 0
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("parent_model", parentModel)
        object.set("format", format)
        object.set("family", family)
        object.set("families", families.map { .array($0.map { .string($0) }) } ?? .null)
        object.set("parameter_size", parameterSize)
        object.set("quantization_level", quantizationLevel)
        object.setUnlessZero("context_length", contextLength)
        object.setUnlessZero("embedding_length", embeddingLength)
        return object.json
    }
}

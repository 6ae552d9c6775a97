package import JSON

/// Body of `POST /v1/embeddings`.
package struct OpenAIEmbeddingRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "EmbedRequest"

    package var model: String
    /// At least one.
    package var input: [TextOrTokens]
    package var dimensions: Int?
    /// Vectors as text in base 64 of 32-bit floats, the lowest byte first, in the place of lists of numbers.
    package var isBase64: Bool

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        do throws(TextOrTokens.Failure) {
            input = try TextOrTokens.list(fields.value("input"))
        } catch {
            throw .invalid(error == .empty ? "invalid input" : "invalid input type")
        }
        dimensions = try fields.integer("dimensions")
        let encoding = try fields.string("encoding_format") ?? ""
        switch encoding.lowercased() {
        case "", "float": isBase64 = false
        case "base64": isBase64 = true
        default:
            throw .invalid(
                "Invalid value for 'encoding_format' = \(encoding.excerpt()). Supported values: ['float', 'base64'].")
        }
    }
}

/// Reply of `POST /v1/embeddings`.
package struct OpenAIEmbeddingList: Hashable, Sendable, WireEncodable {
    package var model: String
    package var embeddings: [[Float]]
    package var isBase64: Bool
    package var promptTokens: Int

    package init(model: String, embeddings: [[Float]], isBase64: Bool, promptTokens: Int) {
        self.model = model
        self.embeddings = embeddings
        self.isBase64 = isBase64
        self.promptTokens = promptTokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("object", "list")
        object.set(
            "data",
            .array(
                embeddings.enumerated().map { index, embedding in
                    [
                        "object": "embedding",
                        "embedding": isBase64 ? .string(Self.base64(embedding)) : .floats(embedding),
                        "index": .integer(index),
                    ]
                }))
        object.set("model", model)
        object.set("usage", ["prompt_tokens": .integer(promptTokens), "total_tokens": .integer(promptTokens)])
        return object.json
    }

    private static func base64(_ values: [Float]) -> String {
        Base64.encode(
            values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
            })
    }
}

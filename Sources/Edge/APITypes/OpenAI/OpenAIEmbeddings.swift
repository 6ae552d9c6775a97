package import JSON

/// Body of `POST /v1/embeddings`.
package struct OpenAIEmbeddingRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "EmbedRequest"

    package enum Input: Hashable, Sendable {
        case text(String)
        case tokens([Int])
    }

    package var model: String
    /// At least one.
    package var input: [Input]
    package var dimensions: Int?
    /// Vectors as text in base 64 of 32-bit floats, the lowest byte first, in the place of lists of numbers.
    package var isBase64: Bool

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        input = try Self.input(fields.value("input"))
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

    /// A text, a list of texts, the tokens of a text, or a list of the tokens of texts.
    private static func input(_ value: JSONValue?) throws(WireError) -> [Input] {
        switch value {
        case .string(let text)?: return [.text(text)]
        case .array(let elements)? where !elements.isEmpty:
            if let tokens = try tokens(elements) { return [.tokens(tokens)] }
            return try elements.map { element throws(WireError) in
                if case .string(let text) = element { return .text(text) }
                guard let list = element.arrayValue, !list.isEmpty, let tokens = try tokens(list) else {
                    throw .invalid("invalid input type")
                }
                return .tokens(tokens)
            }
        case nil, .array?, .object([:])?: throw .invalid("invalid input")
        default: throw .invalid("invalid input type")
        }
    }

    /// Nil where the first element is no number.
    private static func tokens(_ elements: [JSONValue]) throws(WireError) -> [Int]? {
        guard elements.first?.intValue != nil else { return nil }
        let tokens = elements.compactMap(\.intValue)
        guard tokens.count == elements.count else { throw .invalid("invalid input type") }
        return tokens
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

package import JSON

/// Body of `POST /api/embeddings`, which came before `/api/embed`.
package struct EmbeddingsRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "EmbeddingRequest"

    package var model: String
    /// Empty only loads the model.
    package var prompt: String
    package var keepAlive: GoDuration?
    package var options: JSONObject

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        prompt = try fields.string("prompt") ?? ""
        keepAlive = try fields.keepAlive("keep_alive")
        options = try fields.object("options") ?? [:]
    }
}

/// Reply of `POST /api/embeddings`.
package struct EmbeddingsResponse: Hashable, Sendable, WireEncodable {
    package var embedding: [Float]

    package init(embedding: [Float]) {
        self.embedding = embedding
    }

    package var json: JSONValue { .object(["embedding": .floats(embedding)]) }
}

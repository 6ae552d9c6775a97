package import JSON

/// Body of `POST /v1/rerank` and `POST /api/rerank`, as Jina and Cohere write it.
package struct RerankRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "RerankRequest"

    package var model: String
    package var query: String
    package var documents: [String]
    /// How many of the best documents are wanted; nil wants all.
    package var topCount: Int?
    package var returnsDocuments: Bool
    package var truncate: Bool?
    package var keepAlive: GoDuration?
    package var options: JSONObject

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        guard let query = try fields.string("query"), !query.isEmpty else {
            throw .invalid("query is required: the text that documents are compared with")
        }
        self.query = query
        documents = try (fields.array("documents", of: "string") ?? []).map { document throws(WireError) in
            guard let text = document.stringValue ?? document.objectValue?["text"]?.stringValue else {
                throw .invalid("documents holds what is no text; send texts, or objects with a \"text\"")
            }
            return text
        }
        topCount = try fields.integer("top_n")
        if let topCount, topCount < 1 { throw .invalid("top_n must be at least 1, got \(topCount)") }
        returnsDocuments = try fields.bool("return_documents") ?? false
        truncate = try fields.bool("truncate")
        keepAlive = try fields.keepAlive("keep_alive")
        options = try fields.object("options") ?? [:]
    }
}

/// Reply of `POST /v1/rerank`: the best document first.
package struct RerankResponse: Hashable, Sendable, WireEncodable {
    package struct Result: Hashable, Sendable, WireEncodable {
        /// Of the document in the request.
        package var index: Int
        package var score: Float
        /// Where the request wants it.
        package var document: String?

        package init(index: Int, score: Float, document: String? = nil) {
            self.index = index
            self.score = score
            self.document = document
        }

        package var json: JSONValue {
            var object = WireObject()
            object.set("index", index)
            object.set("relevance_score", .float(score))
            object.setIfPresent("document", document.map { ["text": .string($0)] })
            return object.json
        }
    }

    package var model: String
    package var results: [Result]
    package var promptTokens: Int

    package init(model: String, results: [Result], promptTokens: Int) {
        self.model = model
        self.results = results
        self.promptTokens = promptTokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("object", "list")
        object.set("model", model)
        object.set("results", results)
        object.set("usage", ["prompt_tokens": .integer(promptTokens), "total_tokens": .integer(promptTokens)])
        return object.json
    }
}

package import JSON

/// Answer to `GET /api/ps`.
package struct PsResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ProcessResponse"

    package var models: [LoadedModel]

    package init(models: [LoadedModel]) {
        self.models = models
    }

    package init(_ fields: WireFields) throws(WireError) {
        models = try fields.list("models", of: LoadedModel.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("models", models)
        return object.json
    }
}

/// A model in memory, one line of `ps`.
package struct LoadedModel: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ProcessModelResponse"

    package var name: String
    /// Bytes in memory, and how many of them on a GPU.
    package var size: Int
    package var sizeOnGPU: Int
    package var digest: String
    package var details: ModelDetails
    package var expiresAt: Timestamp
    package var contextLength: Int

    package init(
        name: String, size: Int, sizeOnGPU: Int, digest: String, details: ModelDetails, expiresAt: Timestamp,
        contextLength: Int
    ) {
        self.name = name
        self.size = size
        self.sizeOnGPU = sizeOnGPU
        self.digest = digest
        self.details = details
        self.expiresAt = expiresAt
        self.contextLength = contextLength
    }

    package init(_ fields: WireFields) throws(WireError) {
        name = try fields.listedName()
        size = try fields.integer("size") ?? 0
        sizeOnGPU = try fields.integer("size_vram") ?? 0
        digest = try fields.string("digest") ?? ""
        details = try fields.decode("details", as: ModelDetails.self) ?? ModelDetails()
        expiresAt = try fields.timestamp("expires_at")
        contextLength = try fields.integer("context_length") ?? 0
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("name", name)
        object.set("model", name)
        object.set("size", size)
        object.set("digest", digest)
        object.set("details", details)
        object.set("expires_at", expiresAt.description)
        object.set("size_vram", sizeOnGPU)
        object.set("context_length", contextLength)
        return object.json
    }
}

package import JSON

/// Answer to `GET /api/tags`.
package struct TagsResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ListResponse"

    package var models: [ListedModel]

    package init(models: [ListedModel]) {
        self.models = models
    }

    package init(_ fields: WireFields) throws(WireError) {
        models = try fields.list("models", of: ListedModel.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("models", models)
        return object.json
    }
}

/// A stored model, one line of `list`.
package struct ListedModel: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ListModelResponse"

    /// Shortest form, tag included.
    package var name: String
    package var modifiedAt: Timestamp
    /// Bytes of all layers.
    package var size: Int
    /// Of the manifest; hexadecimal, no prefix.
    package var digest: String
    package var details: ModelDetails
    package var capabilities: [String]

    package init(
        name: String, modifiedAt: Timestamp, size: Int, digest: String, details: ModelDetails, capabilities: [String]
    ) {
        self.name = name
        self.modifiedAt = modifiedAt
        self.size = size
        self.digest = digest
        self.details = details
        self.capabilities = capabilities
    }

    package init(_ fields: WireFields) throws(WireError) {
        name = try fields.listedName()
        modifiedAt = try fields.timestamp("modified_at")
        size = try fields.integer("size") ?? 0
        digest = try fields.string("digest") ?? ""
        details = try fields.decode("details", as: ModelDetails.self) ?? ModelDetails()
        capabilities = try fields.strings("capabilities") ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("name", name)
        object.set("model", name)
        object.set("modified_at", modifiedAt.description)
        object.set("size", size)
        object.set("digest", digest)
        object.set("details", details)
        object.setUnlessEmpty("capabilities", capabilities)
        return object.json
    }
}

extension WireFields {
    /// `name`, or `model` where that is missing.
    func listedName() throws(WireError) -> String {
        if let name = try string("name") { return name }
        return try string("model") ?? ""
    }
}

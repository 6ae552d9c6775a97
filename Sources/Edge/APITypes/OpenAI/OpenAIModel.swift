package import JSON

/// A model as `GET /v1/models` lists it.
package struct OpenAIModel: Hashable, Sendable, WireEncodable {
    package var id: String
    /// Seconds since 1970.
    package var created: Int
    package var ownedBy: String

    package init(id: String, created: Int, ownedBy: String) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("id", id)
        object.set("object", "model")
        object.set("created", created)
        object.set("owned_by", ownedBy)
        return object.json
    }
}

/// Answer to `GET /v1/models`.
package struct OpenAIModelList: Hashable, Sendable, WireEncodable {
    package var models: [OpenAIModel]

    package init(models: [OpenAIModel]) {
        self.models = models
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("object", "list")
        object.set("data", models)
        return object.json
    }
}

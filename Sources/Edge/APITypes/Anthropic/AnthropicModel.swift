package import JSON

/// A model as `GET /v1/models` lists it to clients of Anthropic.
package struct AnthropicModel: Hashable, Sendable, WireEncodable {
    package var id: String
    package var created: Timestamp

    package init(id: String, created: Timestamp) {
        self.id = id
        self.created = created
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("type", "model")
        object.set("id", id)
        object.set("display_name", id)
        object.set("created_at", created.description)
        object.set("lifecycle", "active")
        return object.json
    }
}

/// All models, on one page.
package struct AnthropicModelList: Hashable, Sendable, WireEncodable {
    package var models: [AnthropicModel]

    package init(models: [AnthropicModel]) {
        self.models = models
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("data", models)
        object.set("has_more", false)
        object.set("first_id", models.first.map { .string($0.id) } ?? .null)
        object.set("last_id", models.last.map { .string($0.id) } ?? .null)
        return object.json
    }
}

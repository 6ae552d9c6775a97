package import JSON
import OrderedCollections

/// Answer to `POST /api/show`.
package struct ShowResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ShowResponse"

    package var license = ""
    package var modelfile = ""
    package var parameters = ""
    package var template = ""
    package var system = ""
    package var details = ModelDetails()
    package var messages: [ChatMessage] = []
    /// GGUF metadata; always written, since client libraries need it.
    package var modelInfo: JSONObject = [:]
    package var projectorInfo: JSONObject = [:]
    package var tensors: [TensorSummary] = []
    package var capabilities: [String] = []
    package var modifiedAt = Timestamp.zero
    package var requires = ""
    /// Why Apus cannot run the model, with the name of the part that is missing; empty where it can.
    package var unsupported = ""
    /// What holds for each option where a request says nothing. Not of Ollama.
    package var options: [OptionSummary] = []

    package init() {}

    package init(_ fields: WireFields) throws(WireError) {
        license = try fields.string("license") ?? ""
        modelfile = try fields.string("modelfile") ?? ""
        parameters = try fields.string("parameters") ?? ""
        template = try fields.string("template") ?? ""
        system = try fields.string("system") ?? ""
        details = try fields.decode("details", as: ModelDetails.self) ?? ModelDetails()
        messages = try fields.list("messages", of: ChatMessage.self) ?? []
        modelInfo = try fields.object("model_info") ?? [:]
        projectorInfo = try fields.object("projector_info") ?? [:]
        tensors = try fields.list("tensors", of: TensorSummary.self) ?? []
        capabilities = try fields.strings("capabilities") ?? []
        modifiedAt = try fields.timestamp("modified_at")
        requires = try fields.string("requires") ?? ""
        unsupported = try fields.string("unsupported") ?? ""
        options = try fields.list("options", of: OptionSummary.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.setUnlessEmpty("license", license)
        object.setUnlessEmpty("modelfile", modelfile)
        object.setUnlessEmpty("parameters", parameters)
        object.setUnlessEmpty("template", template)
        object.setUnlessEmpty("system", system)
        object.set("details", details)
        object.setUnlessEmpty("messages", messages)
        object.set("model_info", .object(modelInfo))
        object.setUnlessEmpty("projector_info", projectorInfo)
        object.setUnlessEmpty("tensors", tensors)
        object.setUnlessEmpty("capabilities", capabilities)
        object.set("modified_at", modifiedAt.description)
        object.setUnlessEmpty("requires", requires)
        object.setUnlessEmpty("unsupported", unsupported)
        object.setUnlessEmpty("options", options)
        return object.json
    }
}

/// An option with what holds, as people read it, and who says so: `model`, `server` or `default`.
package struct OptionSummary: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "Option"

    package var name: String
    package var value: String
    package var source: String

    package init(name: String, value: String, source: String) {
        self.name = name
        self.value = value
        self.source = source
    }

    package init(_ fields: WireFields) throws(WireError) {
        name = try fields.string("name") ?? ""
        value = try fields.string("value") ?? ""
        source = try fields.string("source") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("name", name)
        object.set("value", value)
        object.set("source", source)
        return object.json
    }
}

/// A tensor's name, type and shape.
package struct TensorSummary: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "Tensor"

    package var name: String
    package var type: String
    package var shape: [Int]

    package init(name: String, type: String, shape: [Int]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    package init(_ fields: WireFields) throws(WireError) {
        name = try fields.string("name") ?? ""
        type = try fields.string("type") ?? ""
        shape = try fields.integers("shape") ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("name", name)
        object.set("type", type)
        object.set("shape", .array(shape.map { .integer($0) }))
        return object.json
    }
}

package import JSON
import OrderedCollections

/// Body of `POST /api/show`.
package struct ShowRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ShowRequest"

    package var model: String
    package var verbose = false
    /// Replaces the model's own in the Modelfile of the answer.
    package var system = ""
    /// Laid over the model's own in the Modelfile of the answer.
    package var options: JSONObject = [:]

    package init(model: String, verbose: Bool = false) {
        self.model = model
        self.verbose = verbose
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.modelName()
        verbose = try fields.bool("verbose") ?? false
        system = try fields.string("system") ?? ""
        options = try fields.object("options") ?? [:]
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.setUnlessEmpty("system", system)
        object.setIfTrue("verbose", verbose)
        object.setUnlessEmpty("options", options)
        return object.json
    }
}

extension WireFields {
    /// `model`, or `name` of older clients; empty where neither is given.
    package func modelName() throws(WireError) -> String {
        let model = try string("model") ?? ""
        return model.isEmpty ? try string("name") ?? "" : model
    }
}

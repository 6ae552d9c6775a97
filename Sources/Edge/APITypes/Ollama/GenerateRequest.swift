package import JSON

/// Body of `POST /api/generate`.
package struct GenerateRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "GenerateRequest"

    package var model: String
    package var prompt = ""
    package var suffix = ""
    package var system = ""
    package var template = ""
    /// Tokens of an earlier answer.
    package var context: [Int] = []
    /// Take the prompt as it is, without template.
    package var raw = false
    package var images: [[UInt8]] = []
    package var parameters = InferenceParameters()

    package init(model: String) {
        self.model = model
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        prompt = try fields.string("prompt") ?? ""
        suffix = try fields.string("suffix") ?? ""
        system = try fields.string("system") ?? ""
        template = try fields.string("template") ?? ""
        context = try fields.integers("context") ?? []
        raw = try fields.bool("raw") ?? false
        images = try fields.base64List("images") ?? []
        parameters = try InferenceParameters(fields)
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("prompt", prompt)
        object.setUnlessEmpty("suffix", suffix)
        object.setUnlessEmpty("system", system)
        object.setUnlessEmpty("template", template)
        object.setUnlessEmpty("context", context.map { JSONValue.integer($0) })
        object.setIfTrue("raw", raw)
        object.setUnlessEmpty("images", images.map(Base64.encode))
        parameters.write(to: &object)
        return object.json
    }
}

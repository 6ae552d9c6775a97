package import JSON

/// Body of `POST /api/chat`.
package struct ChatRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ChatRequest"

    package var model: String
    package var messages: [ChatMessage]
    /// Tool definitions as the caller wrote them.
    package var tools: [JSONValue] = []
    package var parameters = InferenceParameters()

    package init(model: String, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        messages = try fields.list("messages", of: ChatMessage.self) ?? []
        tools = try fields.objects("tools", of: "Tool") ?? []
        parameters = try InferenceParameters(fields)
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("messages", messages)
        object.setUnlessEmpty("tools", tools)
        parameters.write(to: &object)
        return object.json
    }
}

extension WireFields {
    /// A list of objects that are taken as they are.
    package func objects(_ key: String, of type: String) throws(WireError) -> [JSONValue]? {
        guard let elements = try array(key, of: "api.\(type)") else { return nil }
        for element in elements {
            guard case .object = element else { throw mismatch(key, element, "api.\(type)") }
        }
        return elements
    }
}

package import APITypes
package import JSON

extension CreateRequest {
    /// Makes a model of a conversation: on the model that was talked with, with the parameters that were set, the system
    /// text as it was set last, and the messages.
    package init(
        saving messages: [ChatMessage], with model: String, parameters: JSONObject, as name: String
    ) {
        self.init(model: name)
        from = model
        self.parameters = parameters
        system = messages.last { $0.role == "system" }?.content ?? ""
        self.messages = messages.filter { $0.role != "system" }
    }
}

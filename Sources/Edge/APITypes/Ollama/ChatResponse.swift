package import JSON

/// One line of the answer to `POST /api/chat`, or the whole of it.
package struct ChatResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ChatResponse"

    package var model: String
    package var createdAt: Timestamp
    package var message: ChatMessage
    package var done = false
    /// `stop`, `length`, `load` or `unload`.
    package var doneReason = ""
    package var logprobs: [LogProbability] = []
    package var metrics = Metrics()

    package init(model: String, createdAt: Timestamp, message: ChatMessage) {
        self.model = model
        self.createdAt = createdAt
        self.message = message
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        createdAt = try fields.timestamp("created_at")
        message = try fields.decode("message", as: ChatMessage.self) ?? ChatMessage(role: "assistant", content: "")
        done = try fields.bool("done") ?? false
        doneReason = try fields.string("done_reason") ?? ""
        logprobs = try fields.list("logprobs", of: LogProbability.self) ?? []
        metrics = try Metrics(fields)
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("created_at", createdAt.description)
        object.set("message", message)
        object.set("done", done)
        object.setUnlessEmpty("done_reason", doneReason)
        object.setUnlessEmpty("logprobs", logprobs)
        metrics.write(to: &object)
        return object.json
    }
}

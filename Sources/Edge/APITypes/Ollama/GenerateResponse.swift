package import JSON

/// One line of the answer to `POST /api/generate`, or the whole of it.
package struct GenerateResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "GenerateResponse"

    package var model: String
    package var createdAt: Timestamp
    package var response = ""
    package var thinking = ""
    package var done = false
    /// `stop`, `length`, `load` or `unload`.
    package var doneReason = ""
    package var context: [Int] = []
    package var metrics = Metrics()
    package var toolCalls: [ChatToolCall] = []
    package var logprobs: [LogProbability] = []

    package init(model: String, createdAt: Timestamp) {
        self.model = model
        self.createdAt = createdAt
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        createdAt = try fields.timestamp("created_at")
        response = try fields.string("response") ?? ""
        thinking = try fields.string("thinking") ?? ""
        done = try fields.bool("done") ?? false
        doneReason = try fields.string("done_reason") ?? ""
        context = try fields.integers("context") ?? []
        metrics = try Metrics(fields)
        toolCalls = try fields.list("tool_calls", of: ChatToolCall.self) ?? []
        logprobs = try fields.list("logprobs", of: LogProbability.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("created_at", createdAt.description)
        object.set("response", response)
        object.setUnlessEmpty("thinking", thinking)
        object.set("done", done)
        object.setUnlessEmpty("done_reason", doneReason)
        object.setUnlessEmpty("context", context.map { JSONValue.integer($0) })
        metrics.write(to: &object)
        object.setUnlessEmpty("tool_calls", toolCalls)
        object.setUnlessEmpty("logprobs", logprobs)
        return object.json
    }
}

extension WireFields {
    /// A moment; Go's zero time where it is missing or unreadable.
    package func timestamp(_ key: String) throws(WireError) -> Timestamp {
        try string(key).flatMap { Timestamp($0) } ?? .zero
    }
}

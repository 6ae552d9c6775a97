package import JSON
import OrderedCollections

/// Whole answer to `POST /v1/messages`, and the beginning of a streamed one.
package struct MessagesReply: Hashable, Sendable, WireEncodable {
    package var id: String
    package var model: String
    package var content: [MessagesBlock] = []
    /// Nil in the beginning of a stream.
    package var ending: MessagesEnding?
    package var usage: MessagesUsage

    package init(id: String, model: String, usage: MessagesUsage) {
        self.id = id
        self.model = model
        self.usage = usage
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("id", id)
        object.set("type", "message")
        object.set("role", "assistant")
        object.set("model", model)
        object.set("content", content)
        MessagesEnding.write(ending, to: &object)
        object.set("usage", usage)
        object.setIfTrue("truncated", ending?.truncated ?? false)
        return object.json
    }
}

/// How an answer ended.
package struct MessagesEnding: Hashable, Sendable {
    /// `end_turn`, `max_tokens`, `tool_use` or `stop_sequence`.
    package var reason: String
    package var stopSequence: String?
    /// A part of the prompt was left out, since it did not fit the context. Not of Anthropic's API.
    package var truncated: Bool

    package init(reason: String, stopSequence: String?, truncated: Bool) {
        self.reason = reason
        self.stopSequence = stopSequence
        self.truncated = truncated
    }

    static func write(_ ending: MessagesEnding?, to object: inout WireObject) {
        object.set("stop_reason", ending.map { .string($0.reason) } ?? .null)
        object.set("stop_sequence", ending?.stopSequence.map { .string($0) } ?? .null)
    }
}

/// A piece of an answer.
package enum MessagesBlock: Hashable, Sendable, WireEncodable {
    /// Clients send a thought back only with its signature, which says nothing here.
    case thinking(String, signature: String)
    case text(String)
    case toolUse(id: String, name: String, input: JSONObject)

    package var json: JSONValue {
        var object = WireObject()
        switch self {
        case .thinking(let text, let signature):
            object.set("type", "thinking")
            object.set("thinking", text)
            object.set("signature", signature)
        case .text(let text):
            object.set("type", "text")
            object.set("text", text)
        case .toolUse(let id, let name, let input):
            object.set("type", "tool_use")
            object.set("id", id)
            object.set("name", name)
            object.set("input", .object(input))
        }
        return object.json
    }
}

/// Tokens of prompt and answer. The whole prompt is the sum of those that were computed and those that were found.
package struct MessagesUsage: Hashable, Sendable, WireEncodable {
    package var inputTokens: Int
    package var cacheReadTokens: Int
    package var outputTokens: Int

    package init(inputTokens: Int, cacheReadTokens: Int = 0, outputTokens: Int) {
        self.inputTokens = inputTokens
        self.cacheReadTokens = cacheReadTokens
        self.outputTokens = outputTokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("input_tokens", inputTokens)
        object.set("cache_creation_input_tokens", 0)
        object.set("cache_read_input_tokens", cacheReadTokens)
        object.set("output_tokens", outputTokens)
        return object.json
    }
}

/// Reply of `POST /v1/messages/count_tokens`.
package struct MessagesTokenCount: Hashable, Sendable, WireEncodable {
    package var inputTokens: Int

    package init(inputTokens: Int) {
        self.inputTokens = inputTokens
    }

    package var json: JSONValue { ["input_tokens": .integer(inputTokens)] }
}

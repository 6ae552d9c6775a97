package import JSON

/// One event of a streamed answer to `POST /v1/chat/completions`.
package struct ChatCompletionChunk: Hashable, Sendable, WireEncodable {
    package var identity: CompletionIdentity
    /// Of the choice.
    package var index = 0
    /// Nil writes no choice at all, as the chunk with the usage needs.
    package var delta: Delta?
    package var finishReason: String?
    package var logprobs: [LogProbability]?
    package var usage: Usage?
    /// A part of the prompt was left out, since it did not fit the context. Not of the original.
    package var truncated: Bool

    package init(
        identity: CompletionIdentity, delta: Delta?, finishReason: String? = nil, logprobs: [LogProbability]? = nil,
        usage: Usage? = nil, truncated: Bool = false
    ) {
        self.identity = identity
        self.delta = delta
        self.finishReason = finishReason
        self.logprobs = logprobs
        self.usage = usage
        self.truncated = truncated
    }

    /// What a chunk adds to the message.
    package struct Delta: Hashable, Sendable {
        package var role: String?
        package var content: String?
        package var reasoning: String?
        package var toolCall: ToolCallDelta?

        package init(
            role: String? = nil, content: String? = nil, reasoning: String? = nil, toolCall: ToolCallDelta? = nil
        ) {
            self.role = role
            self.content = content
            self.reasoning = reasoning
            self.toolCall = toolCall
        }

        fileprivate var json: JSONValue {
            var object = WireObject()
            object.setUnlessEmpty("role", role)
            object.setIfPresent("content", content.map { JSONValue.string($0) })
            object.setUnlessEmpty("reasoning", reasoning)
            object.setIfPresent("tool_calls", toolCall.map { JSONValue.array([$0.json]) })
            return object.json
        }
    }

    /// What a chunk adds to a call of a tool.
    package struct ToolCallDelta: Hashable, Sendable {
        private let index: Int
        /// Nil after the first of a call.
        private let head: Head?
        private let arguments: String

        private struct Head: Hashable, Sendable {
            let id: String
            let name: String
        }

        /// A call whose arguments follow.
        package init(id: String, index: Int, name: String) {
            self.index = index
            head = Head(id: id, name: name)
            arguments = ""
        }

        /// More of the JSON text of a call's arguments.
        package init(index: Int, arguments: String) {
            self.index = index
            head = nil
            self.arguments = arguments
        }

        /// A whole call.
        package init(_ call: ChatToolCall) {
            index = call.index
            head = Head(id: call.id, name: call.name)
            arguments = call.argumentsText
        }

        fileprivate var json: JSONValue {
            var function = WireObject()
            var object = WireObject()
            if let head {
                function.set("name", head.name)
                object.set("id", head.id)
            }
            function.set("arguments", arguments)
            object.set("index", index)
            if head != nil { object.set("type", "function") }
            object.set("function", function.json)
            return object.json
        }
    }

    package var json: JSONValue {
        var object = identity.object("chat.completion.chunk")
        if let delta {
            var choice = WireObject()
            choice.set("index", index)
            choice.set("delta", delta.json)
            choice.set("finish_reason", finishReason.map { .string($0) } ?? .null)
            choice.setIfPresent("logprobs", logprobs?.openAIJSON)
            object.set("choices", .array([choice.json]))
        } else {
            object.set("choices", .array([]))
        }
        object.setIfPresent("usage", usage)
        object.setIfTrue("truncated", truncated)
        return object.json
    }
}

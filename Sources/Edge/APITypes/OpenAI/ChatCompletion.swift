package import JSON

/// Whole answer to `POST /v1/chat/completions`.
package struct ChatCompletion: Hashable, Sendable, WireEncodable {
    package struct Choice: Hashable, Sendable {
        package var content: String
        package var reasoning: String
        package var toolCalls: [ChatToolCall]
        /// `stop`, `length` or `tool_calls`.
        package var finishReason: String
        package var logprobs: [LogProbability]?

        package init(
            content: String, reasoning: String, toolCalls: [ChatToolCall], finishReason: String,
            logprobs: [LogProbability]?
        ) {
            self.content = content
            self.reasoning = reasoning
            self.toolCalls = toolCalls
            self.finishReason = finishReason
            self.logprobs = logprobs
        }

        fileprivate func json(index: Int) -> JSONValue {
            var message = WireObject()
            message.set("role", "assistant")
            message.set("content", content)
            message.setUnlessEmpty("reasoning", reasoning)
            message.setUnlessEmpty("tool_calls", toolCalls.map(\.openAIJSON))
            var choice = WireObject()
            choice.set("index", index)
            choice.set("message", message.json)
            choice.set("finish_reason", finishReason)
            choice.setIfPresent("logprobs", logprobs?.openAIJSON)
            return choice.json
        }
    }

    package var identity: CompletionIdentity
    package var choices: [Choice]
    package var usage: Usage
    /// A part of the prompt was left out, since it did not fit the context. Not of the original.
    package var truncated: Bool

    package init(identity: CompletionIdentity, choices: [Choice], usage: Usage, truncated: Bool = false) {
        self.identity = identity
        self.choices = choices
        self.usage = usage
        self.truncated = truncated
    }

    package var json: JSONValue {
        var object = identity.object("chat.completion")
        object.set("choices", .array(choices.enumerated().map { $1.json(index: $0) }))
        object.set("usage", usage)
        object.setIfTrue("truncated", truncated)
        return object.json
    }
}

/// What all chunks of one answer have in common.
package struct CompletionIdentity: Hashable, Sendable {
    package var id: String
    /// Seconds since 1970.
    package var created: Int
    package var model: String

    package init(id: String, created: Int, model: String) {
        self.id = id
        self.created = created
        self.model = model
    }

    func object(_ kind: String) -> WireObject {
        var object = WireObject()
        object.set("id", id)
        object.set("object", kind)
        object.set("created", created)
        object.set("model", model)
        object.set("system_fingerprint", "fp_ollama")
        return object
    }
}

/// Tokens of prompt and answer.
package struct Usage: Hashable, Sendable, WireEncodable {
    package var promptTokens: Int
    package var completionTokens: Int

    package init(promptTokens: Int, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("prompt_tokens", promptTokens)
        object.set("completion_tokens", completionTokens)
        object.set("total_tokens", promptTokens + completionTokens)
        return object.json
    }
}

extension ChatToolCall {
    var argumentsText: String { JSONWriter(.go).text(of: .object(arguments)) }

    /// With arguments as JSON text.
    var openAIJSON: JSONValue {
        var function = WireObject()
        function.set("name", name)
        function.set("arguments", argumentsText)
        var object = WireObject()
        object.set("id", id)
        object.set("index", index)
        object.set("type", "function")
        object.set("function", function.json)
        return object.json
    }
}

extension [LogProbability] {
    var openAIJSON: JSONValue {
        var object = WireObject()
        object.set("content", .array(map(\.openAIJSON)))
        return object.json
    }
}

extension LogProbability {
    /// Clients of this API count on `bytes` and `top_logprobs` being there.
    fileprivate var openAIJSON: JSONValue {
        var object = openAIToken
        object.set("top_logprobs", .array(topLogprobs.map(\.openAIToken.json)))
        return object.json
    }

    private var openAIToken: WireObject {
        var object = WireObject()
        object.set("token", token)
        object.set("logprob", .number(logprob))
        object.set("bytes", .array(bytes.map { .integer(Int($0)) }))
        return object
    }
}

package import JSON

/// Body of `POST /v1/chat/completions`.
package struct ChatCompletionRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "ChatCompletionRequest"

    package var model: String
    package var messages: [ChatMessage]
    package var stream: Bool
    package var includesUsage: Bool
    package var maxTokens: Int?
    package var temperature: Double?
    package var topP: Double?
    package var seed: Int?
    package var frequencyPenalty: Double?
    package var presencePenalty: Double?
    package var stop: [String]
    /// `type` of `response_format`; nil where none is given.
    package var responseFormat: String?
    package var tools: [JSONValue]
    package var think: ThinkValue?
    package var logprobs: Bool
    package var topLogprobs: Int

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        messages = try ChatCompletionMessage.flattened(
            fields.list("messages", of: ChatCompletionMessage.self) ?? [])
        stream = try fields.bool("stream") ?? false
        includesUsage = try fields.decode("stream_options", as: StreamOptions.self)?.includesUsage ?? false
        let limit = try fields.integer("max_completion_tokens")
        maxTokens = if let limit { limit } else { try fields.integer("max_tokens") }
        temperature = try fields.number("temperature")
        topP = try fields.number("top_p")
        seed = try fields.integer("seed")
        frequencyPenalty = try fields.number("frequency_penalty")
        presencePenalty = try fields.number("presence_penalty")
        stop = fields.stopTexts("stop")
        responseFormat = try fields.decode("response_format", as: ResponseFormat.self)?.type
        tools = try fields.objects("tools", of: "Tool") ?? []
        think = try Self.think(fields)
        logprobs = try fields.bool("logprobs") ?? false
        topLogprobs = try fields.integer("top_logprobs") ?? 0
    }

    /// `reasoning.effort`, or else `reasoning_effort`, in the words of the native API.
    private static func think(_ fields: WireFields) throws(WireError) -> ThinkValue? {
        var effort = try fields.string("reasoning_effort")
        if let reasoning = try fields.decode("reasoning", as: Reasoning.self)?.effort { effort = reasoning }
        switch effort {
        case nil, ""?: return nil
        case "none"?: return .bool(false)
        case "minimal"?: return .level("low")
        case "xhigh"?, "ultra"?: return .level("max")
        case let level? where ThinkValue.levels.contains(level): return .level(level)
        case let other?:
            throw .invalid(
                "invalid reasoning value: \(goQuoted(other)) (must be \"minimal\", \"low\", \"medium\", \"high\", "
                    + "\"xhigh\", \"ultra\", \"max\", or \"none\")")
        }
    }
}

private struct StreamOptions: WireDecodable {
    static let wireName = "StreamOptions"
    let includesUsage: Bool

    init(_ fields: WireFields) throws(WireError) {
        includesUsage = try fields.bool("include_usage") ?? false
    }
}

private struct ResponseFormat: WireDecodable {
    static let wireName = "ResponseFormat"
    let type: String?

    init(_ fields: WireFields) throws(WireError) {
        type = try fields.string("type")
    }
}

private struct Reasoning: WireDecodable {
    static let wireName = "Reasoning"
    let effort: String?

    init(_ fields: WireFields) throws(WireError) {
        effort = try fields.string("effort")
    }
}

extension WireFields {
    /// One text or a list of them; elements of other types are skipped.
    fileprivate func stopTexts(_ key: String) -> [String] {
        switch value(key) {
        case .string(let text)?: [text]
        case .array(let elements)?:
            elements.compactMap { element in
                if case .string(let text) = element { text } else { nil }
            }
        default: []
        }
    }
}

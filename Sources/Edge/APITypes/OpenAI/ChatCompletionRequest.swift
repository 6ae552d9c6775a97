package import JSON

/// Body of `POST /v1/chat/completions`.
package struct ChatCompletionRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "ChatCompletionRequest"

    package var model: String
    package var messages: [ChatMessage]
    package var parameters: CompletionParameters
    package var maxTokens: Int?
    /// Those that the model may call: none where `tool_choice` says so.
    package var tools: [JSONValue]
    /// Whether it has to call one.
    package var toolChoice: ChatCompletionToolChoice
    /// Whether an answer may hold more than one call.
    package var allowsParallelCalls: Bool
    package var think: ThinkValue?
    /// Tokens of a thought at most. Not of OpenAI, whose clients write `reasoning.max_tokens` for others.
    package var maxThinkingTokens: Int?
    package var logprobs: Bool
    package var topLogprobs: Int

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        messages = try ChatCompletionMessage.native(
            fields.list("messages", of: ChatCompletionMessage.self) ?? [])
        parameters = try CompletionParameters(fields)
        let limit = try fields.tokenLimit("max_tokens")
        maxTokens = try fields.tokenLimit("max_completion_tokens") ?? limit
        let tools = try fields.objects("tools", of: "Tool") ?? []
        toolChoice = try ChatCompletionToolChoice(fields.given("tool_choice"), tools: tools)
        self.tools = toolChoice == .none ? [] : tools
        allowsParallelCalls = try fields.bool("parallel_tool_calls") ?? true
        think = try Self.think(fields)
        let reasoning = try fields.decode("reasoning", as: Reasoning.self)
        maxThinkingTokens = try fields.integer("max_thinking_tokens") ?? reasoning?.maxTokens
        logprobs = try fields.bool("logprobs") ?? false
        topLogprobs = try fields.integer("top_logprobs") ?? 0
        guard logprobs || topLogprobs == 0 else {
            throw .invalid("top_logprobs needs logprobs; set \"logprobs\" to true or leave \"top_logprobs\" out")
        }
        try fields.refuseUnsupported()
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
                "invalid reasoning value: \(goQuoted(other.excerpt())) (must be \"minimal\", \"low\", \"medium\", \"high\", "
                    + "\"xhigh\", \"ultra\", \"max\", or \"none\")")
        }
    }
}

private struct Reasoning: WireDecodable {
    static let wireName = "Reasoning"
    let effort: String?
    let maxTokens: Int?

    init(_ fields: WireFields) throws(WireError) {
        effort = try fields.string("effort")
        maxTokens = try fields.integer("max_tokens")
    }
}

extension WireFields {
    /// Nil where nothing is said; negative for an answer without limit, as local servers take it.
    fileprivate func tokenLimit(_ key: String) throws(WireError) -> Int? {
        let limit = try integer(key)
        guard limit != 0 else {
            throw .invalid("\(key) must be at least 1, got 0; leave it out for an answer without limit")
        }
        return limit
    }

    /// Refuses by name what changes an answer and is not carried out.
    fileprivate func refuseUnsupported() throws(WireError) {
        if let word = given("function_call"), word != .string("auto"), word != .string("none") {
            throw .invalid("function_call is not supported; use \"tools\" and \"tool_choice\"")
        }
        for tool in try objects("tools", of: "Tool") ?? [] {
            guard let kind = tool["type"]?.stringValue, !["function", ""].contains(kind) else { continue }
            throw .invalid("tools of type \(goQuoted(kind.excerpt())) are not supported; use \"function\"")
        }
        if isSet("functions") { throw .invalid("functions is not supported; use \"tools\"") }
        if let modality = try strings("modalities")?.first(where: { $0 != "text" }) {
            throw .invalid("modalities of \(goQuoted(modality.excerpt())) is not supported; use \"text\"")
        }
        for key in ["audio", "web_search_options"] where isSet(key) {
            throw .invalid("\(key) is not supported; leave it out")
        }
    }
}

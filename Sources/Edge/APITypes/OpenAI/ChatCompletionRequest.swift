package import JSON
package import Options

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
    /// One text or a list of them, as the caller wrote it.
    package var stop: JSONValue?
    /// What is added to the logits of tokens.
    package var logitBias: TokenBiases
    /// `"json"` or a JSON schema; nil for any text.
    package var responseFormat: JSONValue?
    /// A grammar in GBNF, in the place of `response_format`. Not of OpenAI.
    package var grammar: String
    /// A regular expression, in the place of `response_format`. Not of OpenAI.
    package var regex: String
    /// Those that the model may call: none where `tool_choice` says so.
    package var tools: [JSONValue]
    /// Whether it has to call one.
    package var toolChoice: ChatCompletionToolChoice
    /// Whether an answer may hold more than one call.
    package var allowsParallelCalls: Bool
    package var think: ThinkValue?
    package var logprobs: Bool
    package var topLogprobs: Int

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        messages = try ChatCompletionMessage.native(
            fields.list("messages", of: ChatCompletionMessage.self) ?? [])
        stream = try fields.bool("stream") ?? false
        includesUsage = try fields.decode("stream_options", as: StreamOptions.self)?.includesUsage ?? false
        let limit = try fields.tokenLimit("max_tokens")
        maxTokens = try fields.tokenLimit("max_completion_tokens") ?? limit
        temperature = try fields.number("temperature")
        topP = try fields.number("top_p")
        seed = try fields.integer("seed")
        frequencyPenalty = try fields.number("frequency_penalty")
        presencePenalty = try fields.number("presence_penalty")
        stop = fields.given("stop")
        logitBias = try fields.logitBias("logit_bias")
        responseFormat = try fields.decode("response_format", as: ResponseFormat.self)?.form
        grammar = try fields.string("grammar") ?? ""
        regex = try fields.string("regex") ?? ""
        let tools = try fields.objects("tools", of: "Tool") ?? []
        toolChoice = try ChatCompletionToolChoice(fields.given("tool_choice"), tools: tools)
        self.tools = toolChoice == .none ? [] : tools
        allowsParallelCalls = try fields.bool("parallel_tool_calls") ?? true
        think = try Self.think(fields)
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

private struct StreamOptions: WireDecodable {
    static let wireName = "StreamOptions"
    let includesUsage: Bool

    init(_ fields: WireFields) throws(WireError) {
        includesUsage = try fields.bool("include_usage") ?? false
    }
}

private struct ResponseFormat: WireDecodable {
    static let wireName = "ResponseFormat"
    /// `"json"` or a JSON schema.
    let form: JSONValue?

    init(_ fields: WireFields) throws(WireError) {
        switch try fields.string("type") {
        case nil, ""?, "text"?: form = nil
        case "json_object"?: form = .string("json")
        case "json_schema"?:
            guard let schema = try fields.object("json_schema")?["schema"], case .object = schema else {
                throw .invalid(
                    "response_format of type \"json_schema\" needs a schema: \"json_schema\": {\"schema\": {…}}")
            }
            form = schema
        case let other?:
            throw .invalid(
                "response_format of type \(goQuoted(other.excerpt())) is not supported; use \"text\", \"json_object\" or "
                    + "\"json_schema\"")
        }
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
    /// Nil where nothing is said; negative for an answer without limit, as local servers take it.
    fileprivate func tokenLimit(_ key: String) throws(WireError) -> Int? {
        let limit = try integer(key)
        guard limit != 0 else {
            throw .invalid("\(key) must be at least 1, got 0; leave it out for an answer without limit")
        }
        return limit
    }

    /// Numbers from -100 to 100 by the token's index or by a text.
    fileprivate func logitBias(_ key: String) throws(WireError) -> TokenBiases {
        var biases = TokenBiases()
        for (token, value) in try object(key) ?? [:] {
            guard let bias = value.doubleValue, abs(bias) <= 100, biases.add(token, value) else {
                let found = goQuoted(token.excerpt())
                throw .invalid(
                    "\(key) of \(found) is not a number from -100 to 100 for the index of a token or a short text")
            }
        }
        guard biases.count <= TokenBiases.limit else {
            throw .invalid("\(key) holds \(biases.count) tokens; \(TokenBiases.limit) are allowed")
        }
        return biases
    }

    /// Refuses by name what changes an answer and is not carried out.
    fileprivate func refuseUnsupported() throws(WireError) {
        if let count = try integer("n"), count != 1 {
            throw .invalid("n of \(count) is not supported; leave it out and ask again for another answer")
        }
        if let word = given("function_call"), word != .string("auto"), word != .string("none") {
            throw .invalid("function_call is not supported; use \"tools\" and \"tool_choice\"")
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

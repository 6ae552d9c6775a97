package import JSON
package import Options

/// The fields that `/v1/chat/completions` and `/v1/completions` share.
package struct CompletionParameters: Hashable, Sendable {
    package var stream: Bool
    package var includesUsage: Bool
    /// Answers that are wanted.
    package var choiceCount: Int
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

    /// Answers that one request can ask for.
    static let choiceLimit = 128

    init(_ fields: WireFields) throws(WireError) {
        stream = try fields.bool("stream") ?? false
        includesUsage = try fields.decode("stream_options", as: StreamOptions.self)?.includesUsage ?? false
        choiceCount = try fields.choiceCount("n") ?? 1
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

extension WireFields {
    /// A number of answers.
    func choiceCount(_ key: String) throws(WireError) -> Int? {
        guard let count = try integer(key) else { return nil }
        let limit = CompletionParameters.choiceLimit
        guard (1...limit).contains(count) else { throw .invalid("\(key) must be from 1 to \(limit), got \(count)") }
        return count
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
}

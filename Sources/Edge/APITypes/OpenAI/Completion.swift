package import JSON
import OrderedCollections

/// Answer to `POST /v1/completions`, whole or a part of a stream.
package struct Completion: Hashable, Sendable, WireEncodable {
    package struct Choice: Hashable, Sendable, WireEncodable {
        package var index: Int
        package var text: String
        /// `stop` or `length`; nil in a stream before the end.
        package var finishReason: String?
        package var logprobs: CompletionLogprobs?

        package init(
            index: Int, text: String, finishReason: String? = nil, logprobs: CompletionLogprobs? = nil
        ) {
            self.index = index
            self.text = text
            self.finishReason = finishReason
            self.logprobs = logprobs
        }

        package var json: JSONValue {
            var object = WireObject()
            object.set("text", text)
            object.set("index", index)
            object.setIfPresent("logprobs", logprobs)
            object.set("finish_reason", finishReason.map { .string($0) } ?? .null)
            return object.json
        }
    }

    package var identity: CompletionIdentity
    package var choices: [Choice]
    package var usage: Usage?
    /// A part of a prompt was left out, since it did not fit the context. Not of OpenAI's API.
    package var truncated: Bool

    package init(identity: CompletionIdentity, choices: [Choice], usage: Usage? = nil, truncated: Bool = false) {
        self.identity = identity
        self.choices = choices
        self.usage = usage
        self.truncated = truncated
    }

    package var json: JSONValue {
        var object = identity.object("text_completion")
        object.set("choices", choices)
        object.setIfPresent("usage", usage)
        object.setIfTrue("truncated", truncated)
        return object.json
    }
}

/// The log-probabilities of a text's tokens, in lists beside one another.
package struct CompletionLogprobs: Hashable, Sendable, WireEncodable {
    package struct Token: Hashable, Sendable {
        package var bytes: [UInt8]
        /// Where it begins in the text, in code points.
        package var offset: Int
        /// Nil for the first token of a prompt.
        package var probability: LogProbability?

        package init(bytes: [UInt8], offset: Int, probability: LogProbability?) {
            self.bytes = bytes
            self.offset = offset
            self.probability = probability
        }
    }

    package var tokens: [Token]

    package init(tokens: [Token]) {
        self.tokens = tokens
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("tokens", tokens.map { Self.text(of: $0.bytes) })
        object.set("token_logprobs", .array(tokens.map { $0.probability.map(Self.number) ?? .null }))
        object.set("top_logprobs", .array(tokens.map { $0.probability.map(Self.likeliest) ?? .null }))
        object.set("text_offset", .array(tokens.map { .integer($0.offset) }))
        return object.json
    }

    /// The alternatives, and the token itself where it is not among them.
    private static func likeliest(_ probability: LogProbability) -> JSONValue {
        var object: JSONObject = [:]
        for token in probability.topLogprobs + [probability] {
            let text = text(of: token.bytes)
            if object[text] == nil { object[text] = number(token) }
        }
        return .object(object)
    }

    /// OpenAI's number where there is none.
    private static func number(_ probability: LogProbability) -> JSONValue { .number(max(probability.logprob, -9999)) }

    /// A token that holds part of a character is `bytes:` and its bytes, as tokens are told apart by their texts.
    private static func text(of bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return "bytes:"
            + bytes.map { byte in
                let digits = String(byte, radix: 16)
                return "\\x" + (digits.count < 2 ? "0" : "") + digits
            }.joined()
    }
}

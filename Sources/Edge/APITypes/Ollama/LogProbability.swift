package import JSON

/// The log-probability of a token, with the likeliest others where they were asked for.
package struct LogProbability: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "Logprob"

    package var token: String
    package var logprob: Double
    package var bytes: [UInt8]
    package var topLogprobs: [LogProbability]

    package init(bytes: [UInt8], logprob: Double, topLogprobs: [LogProbability] = []) {
        token = String(decoding: bytes, as: UTF8.self)
        self.logprob = logprob
        self.bytes = bytes
        self.topLogprobs = topLogprobs
    }

    package init(_ fields: WireFields) throws(WireError) {
        token = try fields.string("token") ?? ""
        logprob = try fields.number("logprob") ?? 0
        bytes = try (fields.integers("bytes") ?? []).map { UInt8(truncatingIfNeeded: $0) }
        topLogprobs = try fields.list("top_logprobs", of: LogProbability.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("token", token)
        object.set("logprob", .number(logprob))
        object.setUnlessEmpty("bytes", bytes.map { JSONValue.integer(Int($0)) })
        object.setUnlessEmpty("top_logprobs", topLogprobs)
        return object.json
    }
}

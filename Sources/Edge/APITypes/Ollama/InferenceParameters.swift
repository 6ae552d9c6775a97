package import JSON
import OrderedCollections

/// The fields that `/api/generate` and `/api/chat` share.
package struct InferenceParameters: Hashable, Sendable {
    package var stream: Bool?
    /// `"json"` or a JSON schema.
    package var format: JSONValue?
    /// A grammar in GBNF, in the place of `format`. Not of Ollama.
    package var grammar = ""
    /// A regular expression, in the place of `format`. Not of Ollama.
    package var regex = ""
    package var keepAlive: GoDuration?
    package var options: JSONObject = [:]
    package var think: ThinkValue?
    package var truncate: Bool?
    package var shift: Bool?
    package var logprobs = false
    package var topLogprobs = 0

    package init() {}

    init(_ fields: WireFields) throws(WireError) {
        stream = try fields.bool("stream")
        format = try fields.format("format")
        grammar = try fields.string("grammar") ?? ""
        regex = try fields.string("regex") ?? ""
        keepAlive = try fields.keepAlive("keep_alive")
        options = try fields.object("options") ?? [:]
        think = try fields.think("think")
        truncate = try fields.bool("truncate")
        shift = try fields.bool("shift")
        logprobs = try fields.bool("logprobs") ?? false
        topLogprobs = try fields.integer("top_logprobs") ?? 0
    }

    func write(to object: inout WireObject) {
        object.setIfPresent("stream", stream)
        object.setIfPresent("format", format)
        object.setUnlessEmpty("grammar", grammar)
        object.setUnlessEmpty("regex", regex)
        object.setKeepAlive(keepAlive)
        object.setUnlessEmpty("options", options)
        object.setIfPresent("think", think)
        object.setIfPresent("truncate", truncate)
        object.setIfPresent("shift", shift)
        object.setIfTrue("logprobs", logprobs)
        object.setUnlessZero("top_logprobs", topLogprobs)
    }
}

extension WireFields {
    /// What an answer's form is held to: `"json"` or a schema; `{}` says no more than nothing does.
    fileprivate func format(_ key: String) throws(WireError) -> JSONValue? {
        switch given(key) {
        case nil, .object([:])?: return nil
        case .string("json")?, .object?: return given(key)
        case let other?:
            let found = goQuoted(JSONWriter(.go).text(of: other).excerpt())
            throw .invalid("invalid format: \(found); expected \"json\" or a valid JSON Schema object")
        }
    }
}

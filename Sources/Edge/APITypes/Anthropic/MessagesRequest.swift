package import JSON
import OrderedCollections

/// Body of `POST /v1/messages` and `POST /v1/messages/count_tokens`.
package struct MessagesRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "MessagesRequest"

    package var model: String
    /// `system` of the request first.
    package var messages: [ChatMessage]
    /// Nil where nothing is said, as for a count of tokens.
    package var maxTokens: Int?
    package var stream: Bool
    package var temperature: Double?
    package var topP: Double?
    package var topK: Int?
    package var stopSequences: [String]
    /// In the form of the native API; none where `tool_choice` says so.
    package var tools: [JSONValue]
    package var toolChoice: MessagesToolChoice
    package var think: ThinkValue?
    /// Tokens of a thought at most.
    package var maxThinkingTokens: Int?
    /// A JSON schema; nil for any text.
    package var format: JSONValue?

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        let messages = try fields.list("messages", of: MessagesInput.self) ?? []
        let system = try fields.content("system")?.text ?? ""
        self.messages = messages.isEmpty || system.isEmpty ? [] : [ChatMessage(role: "system", content: system)]
        self.messages += MessagesInput.native(messages)
        maxTokens = try fields.integer("max_tokens")
        stream = try fields.bool("stream") ?? false
        temperature = try fields.number("temperature")
        topP = try fields.number("top_p")
        topK = try fields.integer("top_k")
        stopSequences = try (fields.strings("stop_sequences") ?? []).filter { !$0.isEmpty }
        let tools = try fields.list("tools", of: MessagesTool.self) ?? []
        toolChoice = try fields.decode("tool_choice", as: MessagesToolChoice.self) ?? MessagesToolChoice()
        try toolChoice.check(tools.map(\.name))
        self.tools = toolChoice.kind == .none ? [] : tools.map(\.native)
        let thinking = try fields.decode("thinking", as: Thinking.self)
        maxThinkingTokens = thinking?.budget
        let output = try fields.decode("output_config", as: OutputConfig.self)
        think = thinking?.think ?? output?.think
        // Older clients write it beside the other fields.
        let format = try fields.decode("output_format", as: OutputFormat.self)
        self.format = output?.format?.schema ?? format?.schema
    }
}

/// A tool that the model may call.
struct MessagesTool: WireDecodable {
    static let wireName = "Tool"
    let name: String
    private let description: String
    private let schema: JSONObject

    init(_ fields: WireFields) throws(WireError) {
        let kind = try fields.string("type") ?? ""
        guard ["", "custom"].contains(kind) else {
            throw .invalid(
                "tools of type \(goQuoted(kind.excerpt())) are not supported; send a tool with a name and an input_schema"
            )
        }
        name = try fields.string("name") ?? ""
        guard !name.isEmpty else { throw .invalid("one of the tools has no name") }
        description = try fields.string("description") ?? ""
        switch fields.given("input_schema") {
        case nil: schema = ["type": "object", "properties": [:]]
        case .object(let object)?: schema = object
        case let other?:
            throw .invalid(
                "invalid input_schema for tool \(goQuoted(name.excerpt())): it is \(other.wireKind), not an object")
        }
    }

    var native: JSONValue {
        var function = WireObject()
        function.set("name", name)
        function.setUnlessEmpty("description", description)
        function.set("parameters", .object(schema))
        return ["type": "function", "function": function.json]
    }
}

private struct Thinking: WireDecodable {
    static let wireName = "Thinking"
    /// Nil where the model decides.
    let think: ThinkValue?
    let budget: Int?

    init(_ fields: WireFields) throws(WireError) {
        switch try fields.string("type") {
        case "enabled"?:
            think = .bool(true)
            budget = try fields.integer("budget_tokens")
            if let budget, budget < 1 { throw .invalid("thinking.budget_tokens must be at least 1, got \(budget)") }
        case "disabled"?:
            think = .bool(false)
            budget = nil
        default:
            think = nil
            budget = nil
        }
    }
}

private struct OutputConfig: WireDecodable {
    static let wireName = "OutputConfig"
    let think: ThinkValue?
    let format: OutputFormat?

    init(_ fields: WireFields) throws(WireError) {
        switch try fields.string("effort") {
        case nil, ""?: think = nil
        case "xhigh"?: think = .level("high")
        case let level? where ThinkValue.levels.contains(level): think = .level(level)
        case let other?:
            throw .invalid(
                "invalid output_config.effort: \(goQuoted(other.excerpt())) (must be \"low\", \"medium\", \"high\", "
                    + "\"xhigh\", or \"max\")")
        }
        format = try fields.decode("format", as: OutputFormat.self)
    }
}

private struct OutputFormat: WireDecodable {
    static let wireName = "OutputFormat"
    let schema: JSONValue?

    init(_ fields: WireFields) throws(WireError) {
        switch try fields.string("type") {
        case nil, ""?: schema = nil
        case "json_schema"?:
            guard let object = try fields.object("schema") else {
                throw .invalid("a format of type \"json_schema\" needs a schema: \"schema\": {…}")
            }
            schema = .object(object)
        case let other?:
            throw .invalid(
                "a format of type \(goQuoted(other.excerpt())) is not supported; use \"json_schema\"")
        }
    }
}

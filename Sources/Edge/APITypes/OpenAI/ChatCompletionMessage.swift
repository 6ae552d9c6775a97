import JSON
import OrderedCollections

/// A message of a chat as the OpenAI API writes it: text, or a list of parts.
struct ChatCompletionMessage: WireDecodable {
    static let wireName = "Message"

    private enum Part {
        case text(String)
        case image([UInt8])
    }

    private let role: String
    private let parts: [Part]
    private let reasoning: String
    private let name: String
    private let toolCalls: [ChatToolCall]
    private let toolCallID: String

    init(_ fields: WireFields) throws(WireError) {
        role = try (fields.string("role") ?? "").lowercased()
        reasoning = try fields.string("reasoning") ?? ""
        name = try fields.string("name") ?? ""
        toolCalls = try (fields.list("tool_calls", of: FunctionCall.self) ?? []).map(\.call)
        toolCallID = try fields.string("tool_call_id") ?? ""
        switch fields.value("content") {
        case .string(let text)?:
            parts = [.text(text)]
        case .array(let elements)?:
            var parts: [Part] = []
            for element in elements { parts.append(try Self.part(element)) }
            self.parts = parts
        case nil:
            guard !toolCalls.isEmpty else { throw .invalid("invalid message content type: <nil>") }
            parts = [.text("")]
        case .bool?: throw .invalid("invalid message content type: bool")
        case .integer?, .number?: throw .invalid("invalid message content type: float64")
        case .object?, .null?: throw .invalid("invalid message content type: map[string]interface {}")
        }
    }

    private static func part(_ value: JSONValue) throws(WireError) -> Part {
        guard case .object(let object) = value, case .string(let type)? = object["type"] else {
            throw .invalid("invalid message format")
        }
        switch (type, object[type]) {
        case ("text", .string(let text)?): return .text(text)
        case ("image_url", .string(let url)?): return .image(try image(url))
        case ("image_url", .object(let image)?):
            guard case .string(let url)? = image["url"] else { throw .invalid("invalid message format") }
            return .image(try Self.image(url))
        default: throw .invalid("invalid message format")
        }
    }

    private static func image(_ url: String) throws(WireError) -> [UInt8] {
        guard !url.hasPrefix("http://"), !url.hasPrefix("https://") else {
            throw .invalid("image URLs are not currently supported, please use base64 encoded data instead")
        }
        let types = ["image/jpeg", "image/jpg", "image/png", "image/webp", ""]
        for prefix in types.map({ "data:\($0);base64," }) where url.hasPrefix(prefix) {
            return try Base64.decode(String(url.dropFirst(prefix.count)))
        }
        throw .invalid("invalid image input")
    }

    /// The messages of the native API: each part is one, and a tool's answer gets the name of the tool that was called.
    static func flattened(_ messages: [ChatCompletionMessage]) -> [ChatMessage] {
        var names: [String: String] = [:]
        var result: [ChatMessage] = []
        for message in messages {
            for call in message.toolCalls where !call.id.isEmpty { names[call.id] = call.name }
            let toolName = message.name.isEmpty ? names[message.toolCallID] ?? "" : message.name
            for (index, part) in message.parts.enumerated() {
                var flat = ChatMessage(role: message.role, content: "")
                switch part {
                case .text(let text): flat.content = text
                case .image(let image): flat.images = [image]
                }
                if message.role == "tool" {
                    flat.toolName = toolName
                    flat.toolCallID = message.toolCallID
                }
                if index == 0 { flat.thinking = message.reasoning }
                if index == message.parts.count - 1 { flat.toolCalls = message.toolCalls }
                result.append(flat)
            }
        }
        return result
    }
}

/// A tool's call as the OpenAI API writes it; arguments are JSON text.
private struct FunctionCall: WireDecodable {
    static let wireName = "ToolCall"
    let call: ChatToolCall

    init(_ fields: WireFields) throws(WireError) {
        let function = try fields.decode("function", as: Function.self)
        call = ChatToolCall(
            id: try fields.string("id") ?? "", index: try fields.integer("index") ?? 0, name: function?.name ?? "",
            arguments: function?.arguments ?? [:])
    }

    struct Function: WireDecodable {
        static let wireName = "Function"
        let name: String
        let arguments: JSONObject

        init(_ fields: WireFields) throws(WireError) {
            name = try fields.string("name") ?? ""
            let text = try fields.string("arguments") ?? ""
            guard let json = try? JSONParser.parse(text), case .object(let arguments) = json else {
                throw .invalid("invalid tool call arguments")
            }
            self.arguments = arguments
        }
    }
}

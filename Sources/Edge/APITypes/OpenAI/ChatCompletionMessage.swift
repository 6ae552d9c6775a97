import JSON
import OrderedCollections

/// A message of a chat as the OpenAI API writes it: text, or a list of parts.
struct ChatCompletionMessage: WireDecodable {
    static let wireName = "Message"

    private let role: String
    private let content: Content
    private let reasoning: String
    private let name: String
    private let toolCalls: [ChatToolCall]
    private let toolCallID: String

    init(_ fields: WireFields) throws(WireError) {
        let role = try (fields.string("role") ?? "").lowercased()
        self.role = role == "function" ? "tool" : role
        reasoning = try fields.string("reasoning") ?? ""
        name = try fields.string("name") ?? ""
        toolCallID = try fields.string("tool_call_id") ?? ""
        var calls = try fields.list("tool_calls", of: ChatToolCall.self) ?? []
        if calls.isEmpty, let call = try fields.decode("function_call", as: ChatFunctionCall.self) {
            calls = [ChatToolCall(id: "", index: 0, name: call.name, arguments: call.arguments)]
        }
        toolCalls = calls
        if let content = try Content(fields.value("content")) {
            self.content = content
        } else {
            // Calls need no words, and neither does a tool that has nothing to say.
            let refusal = try fields.string("refusal") ?? ""
            guard ["assistant", "tool"].contains(self.role) || !calls.isEmpty else {
                throw .invalid("invalid message content type: <nil>")
            }
            content = Content(text: refusal)
        }
    }

    /// The messages of the native API. A tool's answer gets the name of the tool that was called.
    static func native(_ messages: [ChatCompletionMessage]) -> [ChatMessage] {
        var names: [String: String] = [:]
        return messages.map { message in
            for call in message.toolCalls where !call.id.isEmpty { names[call.id] = call.name }
            var native = ChatMessage(
                role: message.role, content: message.content.text, thinking: message.reasoning,
                images: message.content.images, toolCalls: message.toolCalls)
            if message.role == "tool" {
                native.toolName = message.name.isEmpty ? names[message.toolCallID] ?? "" : message.name
                native.toolCallID = message.toolCallID
            }
            return native
        }
    }
}

/// What a message says: the texts of its parts, a line each, and its pictures.
private struct Content {
    var text: String
    var images: [[UInt8]] = []

    init(text: String) {
        self.text = text
    }

    /// Nil where there is none.
    init?(_ value: JSONValue?) throws(WireError) {
        switch value {
        case nil, .null?: return nil
        case .string(let text)?: self.init(text: text)
        case .array(let parts)?: try self.init(parts: parts)
        case .object([:])?: self.init(text: "")
        case .bool?: throw .invalid("invalid message content type: bool")
        case .integer?, .number?: throw .invalid("invalid message content type: float64")
        case .object?: throw .invalid("invalid message content type: map[string]interface {}")
        }
    }

    private init(parts: [JSONValue]) throws(WireError) {
        var texts: [String] = []
        var images: [[UInt8]] = []
        for part in parts {
            guard case .object(let object) = part, case .string(let type)? = object["type"] else {
                throw .invalid("invalid message format: each part of content is an object with a \"type\"")
            }
            switch (type, object[type]) {
            case ("text", .string(let text)?), ("refusal", .string(let text)?): texts.append(text)
            case ("text", nil), ("text", .null?): break
            case ("input_text", _), ("output_text", _):
                guard case .string(let text)? = object["text"] else { throw Self.malformed(type) }
                texts.append(text)
            case ("image_url", .string(let url)?): images.append(try Self.image(url))
            case ("image_url", .object(let image)?):
                guard case .string(let url)? = image["url"] else { throw Self.malformed(type) }
                images.append(try Self.image(url))
            default: throw Self.malformed(type)
            }
        }
        text = texts.filter { !$0.isEmpty }.joined(separator: "\n")
        self.images = images
    }

    private static func malformed(_ type: String) -> WireError {
        .invalid(
            "invalid message format: a part of type \(goQuoted(type.excerpt())) cannot be read; send \"text\" with a text, "
                + "or \"image_url\" with the picture as base64")
    }

    private static func image(_ url: String) throws(WireError) -> [UInt8] {
        guard !url.hasPrefix("http://"), !url.hasPrefix("https://") else {
            throw .invalid("image URLs are not currently supported, please use base64 encoded data instead")
        }
        let types = ["image/jpeg", "image/jpg", "image/png", "image/webp", ""]
        for prefix in types.map({ "data:\($0);base64," }) where url.hasPrefix(prefix) {
            do throws(WireError) {
                return try Base64.decode(String(url.dropFirst(prefix.count)))
            } catch {
                throw .invalid("\(error) of image_url")
            }
        }
        throw .invalid("invalid image input")
    }
}

package import JSON
import OrderedCollections

/// A message of a chat as the native API writes it.
package struct ChatMessage: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "Message"

    package var role: String
    package var content: String
    package var thinking: String
    /// Encoded image files.
    package var images: [[UInt8]]
    package var toolCalls: [ChatToolCall]
    package var toolName: String
    package var toolCallID: String

    package init(
        role: String, content: String, thinking: String = "", images: [[UInt8]] = [], toolCalls: [ChatToolCall] = [],
        toolName: String = "", toolCallID: String = ""
    ) {
        self.role = role
        self.content = content
        self.thinking = thinking
        self.images = images
        self.toolCalls = toolCalls
        self.toolName = toolName
        self.toolCallID = toolCallID
    }

    package init(_ fields: WireFields) throws(WireError) {
        role = try (fields.string("role") ?? "").lowercased()
        content = try fields.string("content") ?? ""
        thinking = try fields.string("thinking") ?? ""
        images = try fields.base64List("images") ?? []
        toolCalls = try fields.list("tool_calls", of: ChatToolCall.self) ?? []
        toolName = try fields.string("tool_name") ?? ""
        toolCallID = try fields.string("tool_call_id") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("role", role)
        object.set("content", content)
        object.setUnlessEmpty("thinking", thinking)
        object.setUnlessEmpty("images", images.map(Base64.encode))
        object.setUnlessEmpty("tool_calls", toolCalls)
        object.setUnlessEmpty("tool_name", toolName)
        object.setUnlessEmpty("tool_call_id", toolCallID)
        return object.json
    }
}

/// A tool's call as the native API writes it; it reads what clients of either API send.
package struct ChatToolCall: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ToolCall"

    package var id: String
    package var index: Int
    package var name: String
    package var arguments: JSONObject

    package init(id: String, index: Int, name: String, arguments: JSONObject) {
        self.id = id
        self.index = index
        self.name = name
        self.arguments = arguments
    }

    package init(_ fields: WireFields) throws(WireError) {
        id = try fields.string("id") ?? ""
        let function = try fields.decode("function", as: ChatFunctionCall.self)
        let outerIndex = try fields.integer("index")
        index = function?.index ?? outerIndex ?? 0
        name = function?.name ?? ""
        arguments = function?.arguments ?? [:]
    }

    package var json: JSONValue {
        var function = WireObject()
        function.set("index", index)
        function.set("name", name)
        function.set("arguments", .object(arguments))
        var object = WireObject()
        object.setUnlessEmpty("id", id)
        object.set("function", function.json)
        return object.json
    }
}

/// The function that is called, and with what.
struct ChatFunctionCall: WireDecodable {
    static let wireName = "ToolCallFunction"
    let index: Int?
    let name: String
    let arguments: JSONObject

    init(_ fields: WireFields) throws(WireError) {
        index = try fields.integer("index")
        name = try fields.string("name") ?? ""
        arguments = try fields.arguments("arguments")
    }
}

extension WireFields {
    /// A list of base64 texts, decoded; empty ones are left out.
    package func base64List(_ key: String) throws(WireError) -> [[UInt8]]? {
        guard let texts = try strings(key) else { return nil }
        var files: [[UInt8]] = []
        for text in texts where !text.isEmpty {
            do throws(WireError) {
                files.append(try Base64.decode(text))
            } catch {
                throw .invalid("\(error) of \(key)")
            }
        }
        return files
    }

    /// An object, or the JSON text of one. Clients write a call without arguments as an empty text, `null` or an empty list.
    fileprivate func arguments(_ key: String) throws(WireError) -> JSONObject {
        guard let value = given(key) else { return [:] }
        guard case .string(let text) = value else { return try arguments(key, value) }
        guard !text.allSatisfy(\.isWhitespace) else { return [:] }
        guard let parsed = try? JSONParser.parse(text), let arguments = try? arguments(key, parsed) else {
            throw .invalid("invalid tool call arguments: \(goQuoted(text.excerpt())) is not the JSON text of an object")
        }
        return arguments
    }

    private func arguments(_ key: String, _ value: JSONValue) throws(WireError) -> JSONObject {
        switch value {
        case .object(let arguments): return arguments
        case .array([]), .null: return [:]
        default: throw mismatch(key, value, "map[string]interface {}")
        }
    }
}

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

/// A tool's call as the native API writes it; arguments are an object.
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
        let function = try fields.decode("function", as: Function.self) ?? Function()
        index = function.index
        name = function.name
        arguments = function.arguments
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

    private struct Function: WireDecodable {
        static let wireName = "ToolCallFunction"
        var index = 0
        var name = ""
        var arguments: JSONObject = [:]

        init() {}

        init(_ fields: WireFields) throws(WireError) {
            index = try fields.integer("index") ?? 0
            name = try fields.string("name") ?? ""
            arguments = try fields.object("arguments") ?? [:]
        }
    }
}

extension WireFields {
    /// A list of base64 texts, decoded.
    package func base64List(_ key: String) throws(WireError) -> [[UInt8]]? {
        guard let texts = try strings(key) else { return nil }
        var files: [[UInt8]] = []
        for text in texts {
            files.append(try Base64.decode(text))
        }
        return files
    }
}

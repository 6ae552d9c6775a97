package import JSON

/// One turn of a conversation.
package struct Message: Hashable, Sendable {
    /// `system`, `developer`, `user`, `assistant`, `tool` or another, as the caller wrote it.
    package var role: String
    package var content: String
    package var thinking: String?
    /// Encoded image files.
    package var images: [[UInt8]]
    package var toolCalls: [ToolCall]
    /// For a tool's answer: which tool, and which call.
    package var toolName: String?
    package var toolCallID: String?

    package init(
        role: String, content: String, thinking: String? = nil, images: [[UInt8]] = [], toolCalls: [ToolCall] = [],
        toolName: String? = nil, toolCallID: String? = nil
    ) {
        self.role = role
        self.content = content
        self.thinking = thinking
        self.images = images
        self.toolCalls = toolCalls
        self.toolName = toolName
        self.toolCallID = toolCallID
    }

    /// Tells the model how to behave, and stays when a conversation is shortened.
    package var isSystem: Bool { role == "system" || role == "developer" }
}

/// A call of a tool that the model asks for.
package struct ToolCall: Hashable, Sendable {
    package var id: String?
    package var name: String
    package var arguments: JSONObject

    package init(id: String? = nil, name: String, arguments: JSONObject) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

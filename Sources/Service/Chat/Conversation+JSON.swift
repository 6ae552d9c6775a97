package import JSON

extension Conversation {
    /// A conversation as requests and golden data write it.
    package init(json: JSONValue) {
        self.init(
            messages: (json["messages"]?.arrayValue ?? []).map(Message.init(json:)),
            tools: json["tools"]?.arrayValue ?? [])
        if let level = json["reasoning_effort"]?.stringValue {
            think = .level(level)
        } else if let isOn = json["enable_thinking"]?.boolValue {
            think = isOn ? .on : .off
        }
    }
}

extension Message {
    fileprivate init(json: JSONValue) {
        self.init(
            role: json["role"]?.stringValue ?? "", content: json["content"]?.stringValue ?? "",
            thinking: json["reasoning_content"]?.stringValue ?? json["thinking"]?.stringValue,
            toolCalls: (json["tool_calls"]?.arrayValue ?? []).map { call in
                ToolCall(
                    id: call["id"]?.stringValue, name: call["function"]?["name"]?.stringValue ?? "",
                    arguments: call["function"]?["arguments"]?.objectValue ?? [:])
            },
            toolName: json["tool_name"]?.stringValue ?? json["name"]?.stringValue,
            toolCallID: json["tool_call_id"]?.stringValue)
    }
}

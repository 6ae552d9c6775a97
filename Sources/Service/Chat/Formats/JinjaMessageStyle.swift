import JSON

/// How messages are given to a Jinja template. Templates differ in what they accept, and do not say so.
struct JinjaMessageStyle {
    /// System texts are put before the user's next message, for templates without a system turn.
    var foldsSystem = false
    /// Arguments of tool calls are JSON text rather than objects.
    var writesArguments = false
    /// An answer that only calls tools has no content, rather than an empty one.
    var nullsEmptyContent = false
    /// What a turn says before it calls is one with its thoughts, for templates that take one of the two.
    var thinksContent = false
    /// Roles that a template need not know are the user's.
    var writesOthersAsUser = false
    /// Neighbours of one role are one message, for templates whose roles must alternate.
    var mergesNeighbours = false

    /// The styles worth trying, likeliest first.
    static func applicable(to conversation: Conversation, expectsNullContent: Bool) -> [JinjaMessageStyle] {
        var styles = [JinjaMessageStyle()]
        if conversation.messages.contains(where: { !$0.toolCalls.isEmpty }) {
            styles.append(JinjaMessageStyle(writesArguments: true))
            if expectsNullContent { styles.insert(contentsOf: styles.map { $0.with(\.nullsEmptyContent) }, at: 0) }
        }
        func alsoTry(_ property: WritableKeyPath<Self, Bool>, where isOfUse: Bool) {
            if isOfUse { styles += styles.map { $0.with(property) } }
        }
        let turns = conversation.messages.filter { $0.role != "system" }
        alsoTry(\.writesOthersAsUser, where: turns.contains(where: TemplateRoles.isOther))
        alsoTry(\.thinksContent, where: turns.contains(where: \.thinksAndCalls))
        alsoTry(
            \.mergesNeighbours,
            where: MessageCollation.hasNeighbours(conversation.messages)
                || MessageCollation.hasNeighbours(TemplateRoles.writingOthersAsUser(turns)))
        alsoTry(\.foldsSystem, where: turns.count < conversation.messages.count)
        return styles
    }

    private func with(_ property: WritableKeyPath<Self, Bool>) -> Self {
        var style = self
        style[keyPath: property] = true
        return style
    }

    func messages(of conversation: Conversation) -> [JSONValue] {
        var messages = conversation.messages
        if writesOthersAsUser { messages = TemplateRoles.writingOthersAsUser(messages) }
        if foldsSystem { messages = Self.foldingSystem(messages) }
        if mergesNeighbours { messages = MessageCollation.merged(messages) }
        return messages.map { .object(object(of: $0)) }
    }

    private static func foldingSystem(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        var pending: [String] = []
        for message in messages {
            guard message.role != "system" else {
                pending.append(message.content)
                continue
            }
            var message = message
            if message.role == "user", !pending.isEmpty {
                message.content = (pending + [message.content]).joined(separator: "\n\n")
                pending = []
            }
            result.append(message)
        }
        guard !pending.isEmpty else { return result }
        return result + [Message(role: "user", content: pending.joined(separator: "\n\n"))]
    }

    private func object(of message: Message) -> JSONObject {
        var message = message
        if thinksContent, message.thinksAndCalls {
            message.thinking = [message.thinking ?? "", message.content].joined(separator: "\n\n")
            message.content = ""
        }
        let isOnlyCalls = message.content.isEmpty && !message.toolCalls.isEmpty
        var object: JSONObject = [
            "role": .string(message.role),
            "content": isOnlyCalls && nullsEmptyContent ? .null : .string(message.content),
        ]
        if let thinking = message.thinking, !thinking.isEmpty {
            // Both names are in use.
            object["reasoning_content"] = .string(thinking)
            object["thinking"] = .string(thinking)
        }
        if !message.toolCalls.isEmpty { object["tool_calls"] = .array(message.toolCalls.map(value)) }
        if let id = message.toolCallID { object["tool_call_id"] = .string(id) }
        if let name = message.toolName { object["name"] = .string(name) }
        return object
    }

    private func value(of call: ToolCall) -> JSONValue {
        let arguments = JSONValue.object(call.arguments)
        var object: JSONObject = [:]
        if let id = call.id { object["id"] = .string(id) }
        object["type"] = "function"
        object["function"] = .object([
            "name": .string(call.name),
            "arguments": writesArguments ? .string(JSONWriter().text(of: arguments)) : arguments,
        ])
        return .object(object)
    }
}

extension Message {
    /// A turn with thoughts, content and calls.
    fileprivate var thinksAndCalls: Bool { !toolCalls.isEmpty && !content.isEmpty && thinking?.isEmpty == false }
}

package import JSON

/// Whether and how hard a model is asked to think before it answers.
package enum ThinkSetting: Hashable, Sendable {
    case off
    case on
    /// `low`, `medium`, `high` or `max`.
    case level(String)

    package var isOn: Bool { self != .off }
}

/// Whether a model calls tools.
package enum ToolChoice: Hashable, Sendable {
    /// As the model likes it.
    case automatic
    /// At least one.
    case required
    /// This one.
    case named(String)
}

/// What a chat format turns into a prompt.
package struct Conversation: Hashable, Sendable {
    package var messages: [Message]
    /// Tool definitions as the caller wrote them: `{"type": "function", "function": {…}}`.
    package var tools: [JSONValue]
    package var toolChoice = ToolChoice.automatic
    /// Nil where the caller said nothing.
    package var think: ThinkSetting?
    /// Whether an answer may call more than one tool.
    package var allowsParallelCalls: Bool

    package init(
        messages: [Message], tools: [JSONValue] = [], think: ThinkSetting? = nil, allowsParallelCalls: Bool = true
    ) {
        self.messages = messages
        self.tools = tools
        self.think = think
        self.allowsParallelCalls = allowsParallelCalls
    }
}

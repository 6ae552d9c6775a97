/// What was left out of a prompt so that it fits the context.
package struct PromptCut: Hashable, Sendable {
    /// Messages of the conversation, the oldest but for the system's.
    package var messages: Int
    /// Tokens from the middle of what was left then.
    package var tokens: Int

    package init(messages: Int, tokens: Int) {
        self.messages = messages
        self.tokens = tokens
    }
}

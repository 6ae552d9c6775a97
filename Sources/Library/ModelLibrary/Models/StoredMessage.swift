/// A message of the conversation that a model begins with (`MESSAGE` of a Modelfile).
package struct StoredMessage: Hashable, Sendable {
    /// `system`, `user` or `assistant`.
    package var role: String
    package var content: String

    package init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

import JSON

/// A chat format that models name in their configuration instead of bringing a template.
struct Renderer: Sendable {
    /// What configurations call it.
    let name: String
    /// In Jinja; the conversation always goes on with an answer.
    let source: String
    /// What tells it from others of the same source.
    var variables: JSONObject = [:]
    var offersTools = true
    var thinking = ThinkingControl.never
    /// Whether a last answer is a beginning that the model goes on with.
    var continuesAnswers = true
}

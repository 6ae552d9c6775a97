import APITypes

/// What a person set for the conversation.
struct ChatSettings {
    var model: String
    var parameters = InferenceParameters()
    var showsThinking = true
    var isVerbose = false
    var wrapsWords = true

    init(model: String) {
        self.model = model
    }
}

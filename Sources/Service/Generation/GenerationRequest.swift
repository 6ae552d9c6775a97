package import Chat
package import ModelLibrary

/// One answer that is wanted from a model.
package struct GenerationRequest: Hashable, Sendable {
    package enum Input: Hashable, Sendable {
        /// Turns of a chat, written by the model's chat format. The model's own messages go before them, and its system
        /// prompt where the first is not a system message.
        case conversation(Conversation)
        /// One prompt, written by the model's chat format after `system` (nil: the model's own) and the model's messages.
        /// On its own it stays as it is where nobody says how the model talks.
        case prompt(String, system: String?, images: [[UInt8]] = [], think: ThinkSetting? = nil)
        /// Text for the model as it is, BOS added where the vocabulary asks for it.
        case raw(String)
        /// Tokens for the model as they are.
        case tokens([Int32])
        /// Fill in the middle, by the model's own template.
        case infill(prefix: String, suffix: String)

        /// As Ollama names what a model of embeddings cannot do.
        var capability: String {
            if case .conversation = self { "chat" } else { "generate" }
        }
    }

    package var model: ModelName
    package var input: Input
    package var options: GenerationOptions
    /// What holds where neither `options` nor the model says anything; the rest has the server's defaults.
    package var defaults = GenerationOptions()
    /// Replaces the model's own template for this request.
    package var template: String?
    /// What the content of the answer is held to; nil for any text.
    package var form: AnswerForm?
    /// Tokens of an earlier answer to go on from (`context` of `/api/generate`).
    package var context: [Int32]
    /// Nil takes the server's setting.
    package var keepAlive: KeepAlive?
    /// A model that does not think answers without a thought where one is asked for; else the request is refused.
    package var thinksIfAble = false
    /// Drop the oldest messages until the prompt fits.
    package var truncates: Bool
    /// Go on past a full context.
    package var shifts: Bool
    /// How many alternatives to report with each token; nil reports no log-probabilities.
    package var alternatives: Int?
    /// What is told of the prompt, all of which then has to fit the context; nil tells nothing.
    package var promptReport: PromptReport?

    package init(
        model: ModelName, input: Input, options: GenerationOptions = .init(), template: String? = nil,
        context: [Int32] = [], keepAlive: KeepAlive? = nil, truncates: Bool = true, shifts: Bool = true,
        alternatives: Int? = nil
    ) {
        self.model = model
        self.input = input
        self.options = options
        self.template = template
        self.context = context
        self.keepAlive = keepAlive
        self.truncates = truncates
        self.shifts = shifts
        self.alternatives = alternatives
    }
}

/// What is told of the tokens of a prompt, before the answer.
package struct PromptReport: Hashable, Sendable {
    /// How many alternatives to report with each token but the first; nil reports no log-probabilities.
    package var alternatives: Int?
    /// No answer is wanted.
    package var isAlone: Bool

    package init(alternatives: Int? = nil, isAlone: Bool = false) {
        self.alternatives = alternatives
        self.isAlone = isAlone
    }
}

/// How long a model stays loaded after its last request.
package enum KeepAlive: Hashable, Sendable {
    /// Zero unloads as soon as the model is idle.
    case duration(Duration)
    case forever
}

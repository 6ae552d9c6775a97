package import Templating

/// How a model writes a conversation and how its answer is read back.
package protocol ChatFormat: Sendable {
    var capabilities: ChatCapabilities { get }
    /// The text that the model continues. Special tokens are written as text, and are special where they are no contents;
    /// a BOS that the tokenizer adds by itself is left out.
    func render(_ conversation: Conversation) throws(ChatError) -> MarkedText
    /// The text that makes the model write what belongs between the two.
    func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText
    /// What the parser looks for in an answer: it must see these texts also where they are control tokens.
    var marks: [String] { get }
    /// Texts that end an answer, beside the caller's.
    var stops: [String] { get }
    /// Nobody says that the model talks like this: a prompt that is no conversation goes to it as it is.
    var isGuessed: Bool { get }
    /// How the model's answers are written.
    var syntax: AnswerSyntax { get }
    /// Whether and how the model can be asked to think.
    var thinking: ThinkingControl { get }
    /// What ends a thought that was long enough; nil where no thought is told apart.
    var thinkingEnd: String? { get }
    /// What a reader of an answer has to know, and who writes a grammar of one.
    /// - Parameter prompt: what `render` gave for the conversation: it may end inside the model's thinking.
    func answerSetting(for conversation: Conversation, prompt: String) -> AnswerSetting
    func makeParser(_ setting: AnswerSetting) -> any OutputParser
}

/// Whether and how a model thinks.
package enum ThinkingControl: Hashable, Sendable {
    case never
    /// The prompt says whether, and perhaps how hard.
    case switchable
    case always
}

extension ChatFormat {
    /// Whether the model may think before it answers.
    package func thinks(in conversation: Conversation) -> Bool {
        switch thinking {
        case .never: false
        case .switchable: effectiveThink(conversation.think)?.isOn == true
        case .always: true
        }
    }

    package var syntax: AnswerSyntax { .passthrough }
    package var thinking: ThinkingControl { .never }
    package var thinkingEnd: String? { nil }
    package var marks: [String] { [] }
    package var stops: [String] { [] }
    package var isGuessed: Bool { false }

    package func answerSetting(for conversation: Conversation, prompt: String) -> AnswerSetting {
        conversation.setting(thinking: [], prompt: prompt)
    }

    package func makeParser(_ setting: AnswerSetting) -> any OutputParser { syntax.makeReader(setting) }

    package func makeParser(for conversation: Conversation, prompt: String) -> any OutputParser {
        makeParser(answerSetting(for: conversation, prompt: prompt))
    }

    package func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText {
        throw .infillUnsupported
    }
}

package import Templating

/// The format of a model that brings no template: its family's, by the marks in its vocabulary, else headings in plain
/// text.
///
/// Models without a template are mostly bases, made to go on with a text. Where no marks tell of a family, a lone message
/// of the user therefore stays the text that it is; with marks, only a prompt that is no conversation does (`isGuessed`).
package struct GuessedChatFormat: ChatFormat {
    /// The family, for the log.
    package let name: String
    package let stops: [String]
    private let format: JinjaChatFormat
    private let isPlain: Bool

    /// - Parameter hasToken: whether the vocabulary has a token with a text.
    package init(
        specials: SpecialTexts, hints: AnswerHints = AnswerHints(), hasToken: (String) -> Bool
    ) throws(ChatError) {
        let family = FamilyTemplate.matching(hasToken)
        name = family.name
        stops = family.stops
        isPlain = family.marks.isEmpty
        format = try JinjaChatFormat(template: family.source, specials: specials, hints: hints)
    }

    package var capabilities: ChatCapabilities { format.capabilities }
    package var marks: [String] { format.marks }
    package var syntax: AnswerSyntax { format.syntax }
    package var thinking: ThinkingControl { format.thinking }
    package var thinkingEnd: String? { format.thinkingEnd }
    package var isGuessed: Bool { true }

    package func render(_ conversation: Conversation) throws(ChatError) -> MarkedText {
        if isPlain, conversation.messages.count == 1, let message = conversation.messages.first, message.role == "user"
        {
            return .content(message.content)
        }
        return try format.render(conversation)
    }

    package func answerSetting(for conversation: Conversation, prompt: String) -> AnswerSetting {
        format.answerSetting(for: conversation, prompt: prompt)
    }
}

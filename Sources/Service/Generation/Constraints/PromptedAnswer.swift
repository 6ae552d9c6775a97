import Chat
import Tensors
import Tokenization

/// How the answer to a prompt is written: what constrains and reads it has to know.
struct PromptedAnswer: Sendable {
    /// Nil for a text that is in no format: all of the answer is content.
    private let format: (any ChatFormat)?
    private(set) var setting = AnswerSetting(tools: DeclaredTools([]))
    let toolChoice: ToolChoice
    /// Whether the model may think where the prompt has not begun a thought.
    let thinks: Bool

    static let plain = PromptedAnswer()

    private init() {
        format = nil
        toolChoice = .automatic
        thinks = false
    }

    /// - Parameter form: what the answer's content is held to: marks mean nothing in it.
    init(_ format: any ChatFormat, _ conversation: Conversation, prompt: String, form: AnswerForm?) {
        self.format = format
        setting = format.answerSetting(for: conversation, prompt: prompt)
        setting.contentIsWhole = form != nil
        toolChoice = conversation.toolChoice
        thinks = format.thinks(in: conversation)
    }

    var syntax: AnswerSyntax { format?.syntax ?? .passthrough }
    /// What ends a thought that was long enough.
    var thinkingEnd: String? { format?.thinkingEnd }
    /// A reader of the answer.
    var parser: any OutputParser { format?.makeParser(setting) ?? PlainTextParser() }

    /// The tokens whose texts readers must see also where they are control tokens.
    func markTokens(_ vocabulary: Vocabulary) -> Set<TokenID> {
        Set((format?.marks ?? []).compactMap(vocabulary.token(withText:)))
    }
}

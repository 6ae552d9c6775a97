import Chat
import Templating

/// `role:content` a line, then `|`; an answer in braces is a thought.
struct TestFormat: ChatFormat {
    var capabilities: ChatCapabilities = []
    var marks: [String] = []
    var stops: [String] = []
    var isGuessed = false
    /// A role that no conversation may begin with.
    var refusedFirst: String?
    var prefix = ""

    func render(_ conversation: Conversation) throws(ChatError) -> MarkedText {
        if conversation.messages.contains(where: { $0.role == "broken" }) { throw .template("no such role") }
        if let refusedFirst, conversation.messages.first?.role == refusedFirst { throw .template("no such beginning") }
        let think = conversation.think == .on ? "think:yes\n" : ""
        var text = MarkedText.literal(prefix + think)
        for message in conversation.messages {
            text.append(.literal("\(message.role):"))
            text.append(.content(message.content))
            text.append("\n")
        }
        return text + "|"
    }

    func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText {
        .content(prefix) + "_" + .content(suffix) + "|"
    }

    func makeParser(_ setting: AnswerSetting) -> any OutputParser { BraceParser() }

    struct BraceParser: OutputParser {
        private var isThinking = false

        mutating func push(_ text: String) -> [OutputPart] {
            text.compactMap { character in
                switch character {
                case "{": isThinking = true
                case "}": isThinking = false
                default: return isThinking ? .thinking(String(character)) : .content(String(character))
                }
                return nil
            }
        }

        mutating func finish() -> [OutputPart] { [] }
    }
}

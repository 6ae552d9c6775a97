package import GGUF
import Templating
import Tokenization

/// The Go templates that models get by themselves, one file each, and how one is chosen.
package enum BuiltInTemplates {
    /// Of several that come equally near the first is chosen.
    package static let all: [BuiltInTemplate] = [
        .chatML, .llama3Instruct, .zephyr, .phi3, .mistralInstruct, .gemmaInstruct, .gemma3Instruct, .openChat,
        .graniteInstruct, .chatQA, .llama2Chat, .commandR, .vicuna, .alpaca, .alfred, .codeLlama70BInstruct,
        .falconInstruct, .magicoder, .solarInstruct, .starCoder2Instruct,
    ]

    /// Whether a template is one of them.
    package static func contain(_ template: String) -> Bool { all.contains { $0.source == template } }

    /// The one that comes nearest to the chat template of a model file in what it writes; nil where none does, and where the
    /// file has no template or one that can more than chat.
    package static func matching(_ metadata: GGUFMetadata) -> BuiltInTemplate? {
        guard case .string(let chatTemplate)? = metadata["tokenizer.chat_template"], isPlain(chatTemplate),
            metadata["tokenizer.chat_template.tool_use"] == nil, let tokenizer = try? TokenizerFactory.make(metadata)
        else { return nil }
        return matching(chatTemplate, SpecialTexts(tokenizer.vocabulary))
    }

    /// Whether a template is what a model with this chat template got by itself.
    static func isMatch(_ template: String, for chatTemplate: String, _ specials: SpecialTexts) -> Bool {
        contain(template) && matching(chatTemplate, specials)?.source == template
    }

    /// - Parameter chatTemplate: in Jinja. One that takes too long, refuses a question, or is damaged, matches nothing.
    package static func matching(_ chatTemplate: String, _ specials: SpecialTexts) -> BuiltInTemplate? {
        guard isPlain(chatTemplate),
            let format = try? JinjaChatFormat(template: chatTemplate, specials: specials), format.capabilities.isEmpty,
            (try? format.render(question)) != nil
        else { return nil }
        let prompts = probes.map { try? format.render($0).text }
        var best: (template: BuiltInTemplate, likeness: Int)?
        for template in all {
            let likeness = template.likeness(to: prompts, specials)
            if likeness > best?.likeness ?? 0 { best = (template, likeness) }
        }
        return best?.template
    }

    /// What knows tools, thoughts or images stays in charge: it can more than any of these.
    private static func isPlain(_ chatTemplate: String) -> Bool {
        !["tool", "think", "image"].contains(where: chatTemplate.mentions)
    }

    private static let question = Conversation(messages: [Message(role: "user", content: "Is 7 prime?")])

    /// What says most of a template comes first.
    fileprivate static let probes: [Conversation] = {
        let system = Message(role: "system", content: "Be brief.")
        let answer = Message(role: "assistant", content: "Yes.")
        let next = Message(role: "user", content: "And 9?")
        let turns = question.messages + [answer, next]
        return [
            Conversation(messages: [system] + turns), Conversation(messages: [system] + question.messages),
            Conversation(messages: turns), question,
        ]
    }()
}

extension BuiltInTemplate {
    /// Compares what it writes of the probes with prompts: 0 where no prompt is the same. A prompt that says more of a
    /// template counts more than all after it, white space less than any other difference.
    fileprivate func likeness(to prompts: [String?], _ specials: SpecialTexts) -> Int {
        guard let format = try? GoChatFormat(template: source, specials: specials) else { return 0 }
        var same = 0, exact = 0
        for (probe, prompt) in zip(BuiltInTemplates.probes, prompts) {
            let own = try? format.render(probe).text
            let isSame = own != nil && own?.withoutWhiteSpace == prompt?.withoutWhiteSpace
            same = 2 * same + (isSame ? 1 : 0)
            exact = 2 * exact + (isSame && own == prompt ? 1 : 0)
        }
        return (same << prompts.count) + exact
    }
}

extension String {
    fileprivate var withoutWhiteSpace: String { filter { !$0.isWhitespace } }
}

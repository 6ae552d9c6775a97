package import GGUF
import Templating
import Tokenization

/// The Go templates that models get by themselves, one file each, and how one is chosen.
package enum BuiltInTemplates {
    /// Of several that write the same the first is chosen.
    package static let all: [BuiltInTemplate] = [
        .chatML, .llama3Instruct, .zephyr, .phi3, .mistralInstruct, .gemmaInstruct, .gemma3Instruct, .openChat,
        .graniteInstruct, .chatQA, .llama2Chat, .commandR, .vicuna, .alpaca, .alfred, .codeLlama70BInstruct,
        .falconInstruct, .magicoder, .solarInstruct, .starCoder2Instruct,
    ]

    /// Whether a template is one of them.
    package static func contain(_ template: String) -> Bool { all.contains { $0.source == template } }

    /// The one that writes all conversations of simple kinds as the chat template of a model file does; nil where the
    /// file has none, or one that can more than chat.
    package static func matching(_ metadata: GGUFMetadata) -> BuiltInTemplate? {
        guard case .string(let chatTemplate)? = metadata["tokenizer.chat_template"], isPlain(chatTemplate),
            metadata["tokenizer.chat_template.tool_use"] == nil, let tokenizer = try? TokenizerFactory.make(metadata)
        else { return nil }
        return matching(chatTemplate, SpecialTexts(tokenizer.vocabulary))
    }

    /// Whether a template is what a model with this chat template got by itself, so that both write the same.
    static func isMatch(_ template: String, for chatTemplate: String, _ specials: SpecialTexts) -> Bool {
        contain(template) && matching(chatTemplate, specials)?.source == template
    }

    /// - Parameter chatTemplate: in Jinja. One that takes too long, refuses a conversation, or is damaged, matches nothing.
    package static func matching(_ chatTemplate: String, _ specials: SpecialTexts) -> BuiltInTemplate? {
        guard isPlain(chatTemplate),
            let format = try? JinjaChatFormat(template: chatTemplate, specials: specials), format.capabilities.isEmpty
        else { return nil }
        var prompts: [String] = []
        for probe in probes {
            guard let prompt = try? format.render(probe) else { return nil }
            prompts.append(prompt.text)
        }
        return all.first { $0.writes(prompts, specials) }
    }

    /// What knows tools, thoughts or images stays in charge: it can more than any of these.
    private static func isPlain(_ chatTemplate: String) -> Bool {
        !["tool", "think", "image"].contains(where: chatTemplate.mentions)
    }

    /// White space at the ends of contents is part of them; some templates cut it off.
    static let probes: [Conversation] = {
        let system = Message(role: "system", content: " Be brief.\n")
        let question = Message(role: "user", content: "\n\nIs 7 prime? ")
        let answer = Message(role: "assistant", content: " Yes.\n")
        let next = Message(role: "user", content: "And\n 9?\n\n")
        let turns = [
            [question], [system, question], [question, answer, next], [system, question, answer, next],
            [question, answer, next, answer, question],
        ]
        return turns.flatMap { messages in
            [messages.map(\.trimmed), messages].map { Conversation(messages: $0) }
        }
    }()
}

extension BuiltInTemplate {
    /// Whether it writes the probes as these prompts.
    fileprivate func writes(_ prompts: [String], _ specials: SpecialTexts) -> Bool {
        guard let format = try? GoChatFormat(template: source, specials: specials) else { return false }
        return zip(BuiltInTemplates.probes, prompts).allSatisfy { probe, prompt in
            (try? format.render(probe))?.text == prompt
        }
    }
}

extension Message {
    fileprivate var trimmed: Message {
        var message = self
        message.content = content.trimmed
        return message
    }
}

package import GGUF
import Templating
package import Tokenization

/// Which of a model's two templates is used, where it has both.
package enum TemplatePreference: Sendable {
    /// The one that can do more; of equals the model's own.
    case automatic
    /// The TEMPLATE layer (`OLLAMA_GO_TEMPLATE=1`).
    case go
    /// The file's chat template (`OLLAMA_GO_TEMPLATE=0`).
    case jinja

    /// Whether neither of these is asked for.
    fileprivate func isOpen(_ template: String?, _ chatTemplate: String?) -> Bool {
        switch self {
        case .automatic: true
        case .go: template == nil
        case .jinja: chatTemplate == nil
        }
    }
}

/// Finds the format that a model talks in.
package enum ChatFormatRegistry {
    /// - Parameters:
    ///   - template: the text of the model's TEMPLATE layer, or of the request's own template.
    ///   - metadata: of the model's GGUF file, which may hold chat templates.
    ///   - hints: what the model's configuration says of its answers.
    package static func format(
        template: String?, metadata: GGUFMetadata, vocabulary: Vocabulary, hints: AnswerHints = AnswerHints(),
        preference: TemplatePreference = .automatic
    ) throws(ChatError) -> any ChatFormat {
        var hints = hints
        if hints.architecture.isEmpty { hints.architecture = metadata.text("general.architecture") ?? "" }
        return try format(
            template: template, chatTemplate: metadata.text("tokenizer.chat_template"),
            toolTemplate: metadata.text("tokenizer.chat_template.tool_use"), specials: SpecialTexts(vocabulary),
            hints: hints, preference: preference, hasToken: { vocabulary.token(withText: $0) != nil })
    }

    /// A renderer that the model names goes before its templates. A model without any gets one that is guessed.
    /// - Parameter hasToken: whether the vocabulary has a token with a text.
    package static func format(
        template: String?, chatTemplate: String?, toolTemplate: String? = nil, specials: SpecialTexts,
        hints: AnswerHints = AnswerHints(), preference: TemplatePreference = .automatic,
        hasToken: (String) -> Bool = { _ in false }
    ) throws(ChatError) -> any ChatFormat {
        if let renderer = Renderers.named(hints.renderer), preference.isOpen(template, chatTemplate) {
            return try JinjaChatFormat(renderer, specials: specials, hints: hints)
        }
        guard let chatTemplate else {
            guard let template else {
                return try GuessedChatFormat(specials: specials, hints: hints, hasToken: hasToken)
            }
            return try GoChatFormat(template: template, specials: specials, hints: hints)
        }
        func jinja() throws(ChatError) -> JinjaChatFormat {
            try JinjaChatFormat(
                template: chatTemplate, toolTemplate: toolTemplate, specials: specials, hints: hints)
        }
        guard let template, preference != .jinja else { return try jinja() }
        // The template of a model with a renderer is a stub: of one that is not known here, the file's comes nearest.
        if preference == .automatic, !hints.renderer.isEmpty, let other = try? jinja() { return other }
        let own = try GoChatFormat(template: template, specials: specials, hints: hints)
        guard preference == .automatic, let other = try? jinja() else { return own }
        let isBetter = prefers(other, to: own) || BuiltInTemplates.isMatch(template, for: chatTemplate, specials)
        return isBetter ? other : own
    }

    private static func prefers(_ jinja: JinjaChatFormat, to own: GoChatFormat) -> Bool {
        let onlyOwnCarriesTools = own.carriesToolTurns && !jinja.traits.carriesToolTurns
        if jinja.capabilities.isStrictSuperset(of: own.capabilities) { return !onlyOwnCarriesTools }
        guard jinja.capabilities == own.capabilities, own.capabilities.contains(.tools) else { return false }
        return jinja.traits.carriesToolTurns && !own.carriesToolTurns
    }
}

extension SpecialTexts {
    package init(_ vocabulary: Vocabulary) {
        self.init(
            bos: vocabulary.roles.beginningOfText.map { vocabulary.text(of: $0).text },
            eos: vocabulary.roles.endOfText.map { vocabulary.text(of: $0).text },
            addsBOS: vocabulary.addsBeginning)
    }
}

extension GGUFMetadata {
    fileprivate func text(_ key: String) -> String? {
        guard case .string(let text)? = self[key] else { return nil }
        return text
    }
}

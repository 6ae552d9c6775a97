import Templating

/// The texts of a vocabulary's special tokens, as far as prompts need them.
package struct SpecialTexts: Hashable, Sendable {
    package var bos: String?
    package var eos: String?
    /// The tokenizer writes BOS by itself, so that a prompt must not.
    package var addsBOS: Bool

    package init(bos: String? = nil, eos: String? = nil, addsBOS: Bool = false) {
        self.bos = bos
        self.eos = eos
        self.addsBOS = addsBOS
    }

    /// The prompt without the BOS that the tokenizer will add.
    func withoutAddedBOS(_ prompt: MarkedText) -> MarkedText {
        guard addsBOS, let bos, !bos.isEmpty, prompt.utf8.starts(with: bos.utf8),
            !prompt.slice(0..<bos.utf8.count).holdsContent
        else { return prompt }
        return prompt.slice(bos.utf8.count..<prompt.utf8.count)
    }
}

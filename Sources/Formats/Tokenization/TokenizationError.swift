package import GGUF

/// Why a model's tokenizer cannot be used.
package enum TokenizationError: Error, Hashable, Sendable {
    case metadata(GGUFError)
    case unsupportedTokenizer(String, supported: [String])
    case unsupportedPreTokenizer(String, supported: [String])
    case emptyVocabulary
    /// A list of the vocabulary does not have one element for each token.
    case lengthMismatch(key: String, expected: Int, found: Int)
}

extension TokenizationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .metadata(let error): error.description
        case .unsupportedTokenizer(let kind, let supported):
            "the model's tokenizer is '\(kind)', which is not supported; supported are \(supported.joined(separator: ", "))"
        case .unsupportedPreTokenizer(let name, let supported):
            "the model's pre-tokenizer is '\(name)', which is not supported; "
                + "supported are \(supported.joined(separator: ", "))"
        case .emptyVocabulary: "the model's vocabulary has no tokens"
        case .lengthMismatch(let key, let expected, let found):
            "the model's vocabulary has \(expected) tokens, but '\(key)' has \(found) entries"
        }
    }
}

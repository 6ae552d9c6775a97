package import GGUF

/// Why a model's tokenizer cannot be used.
package enum TokenizationError: Error, Hashable, Sendable {
    case metadata(GGUFError)
    case unsupportedTokenizer(String, supported: [String])
    case unsupportedPreTokenizer(String, supported: [String])
    case emptyVocabulary
    /// A list of the vocabulary does not have one element for each token.
    case lengthMismatch(key: String, expected: Int, found: Int)
    /// Two tokens have one text, and nobody could say which one it is.
    case duplicateToken(text: String, Int, Int)
    case tokenTooLong(Int, bytes: Int)
    /// The score of a token is no finite number.
    case badScore(token: Int)
    /// The rules by which a unigram model rewrites characters make no sense; why.
    case damagedCharacterMap(String)
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
        case .duplicateToken(let text, let first, let second):
            "in 'tokenizer.ggml.tokens' tokens \(first) and \(second) are both '\(text.prefix(100))'"
        case .tokenTooLong(let token, let bytes):
            "in 'tokenizer.ggml.tokens' token \(token) has \(bytes) bytes; at most \(Vocabulary.longestToken) are supported"
        case .badScore(let token): "in 'tokenizer.ggml.scores' the score of token \(token) is not finite"
        case .damagedCharacterMap(let reason): "'tokenizer.ggml.precompiled_charsmap' is damaged: \(reason)"
        }
    }
}

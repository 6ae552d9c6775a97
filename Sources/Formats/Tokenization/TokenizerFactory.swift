package import GGUF

/// A way to tokenize, under the name that a model file gives it in `tokenizer.ggml.model`.
package struct TokenizerKind: Sendable {
    package let name: String
    let make: @Sendable (GGUFMetadata) throws(TokenizationError) -> any Tokenizer
}

/// Makes the tokenizer that a model file asks for.
package enum TokenizerFactory {
    /// Every kind there is.
    package static let kinds: [TokenizerKind] = [
        .bytePairEncoding, .gemma4, .whiteSpace, .sentencePiece, .unigram, .wordPiece,
    ]

    /// Every name in `tokenizer.ggml.pre` that is known.
    package static var preTokenizerNames: [String] { PreTokenizer.all.keys.sorted() }

    package static func make(_ metadata: GGUFMetadata) throws(TokenizationError) -> any Tokenizer {
        guard let name = try metadata.tokenizerValue("model", as: String.self) else {
            throw .metadata(.missingKey("tokenizer.ggml.model"))
        }
        guard let kind = kinds.first(where: { $0.name == name }) else {
            throw .unsupportedTokenizer(name, supported: kinds.map(\.name))
        }
        return try kind.make(metadata)
    }
}

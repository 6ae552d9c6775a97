package import ModelLibrary
package import Tensors
import Tokenization

extension LocalGenerationService {
    /// Bytes of a text, and tokens of a list: each becomes a value of the answer.
    private static let longest = 4 << 20

    package func tokenize(
        _ text: String, model: ModelName, addsBoundaries: Bool, parsesSpecial: Bool
    ) async throws -> [TokenID] {
        try Self.checkLength(text.utf8.count, "the text", "bytes")
        let special = SpecialTokens(addBoundaries: addsBoundaries, parse: parsesSpecial)
        return try await withTokenizer(of: model) { $0.encode(text, special) }
    }

    package func detokenize(_ tokens: [TokenID], model: ModelName) async throws -> String {
        try Self.checkLength(tokens.count, "the list", "tokens")
        return try await withTokenizer(of: model) { tokenizer in
            var length = 0
            for (index, token) in tokens.enumerated() {
                guard tokenizer.vocabulary.contains(token) else {
                    throw GenerationError.promptFailed("token \(index) is \(token), which is no token of the model")
                }
                length += tokenizer.bytes(of: token, showingSpecial: true).count
            }
            try Self.checkLength(length, "the text of the tokens", "bytes")
            return String(decoding: tokenizer.detokenize(tokens, showSpecial: true), as: UTF8.self)
        }
    }

    /// Runs `body` on a thread that may compute, with the tokenizer of the model in memory where it is there.
    private func withTokenizer<Result: Sendable>(
        of model: ModelName, _ body: @escaping @Sendable (any Tokenizer) throws -> Result
    ) async throws -> Result {
        let stored = try await storedModel(model)
        let loaded = await models.tokenizer(of: stored)
        return try await BlockingThreads.shared.run { [tokenizers] in
            try body(loaded ?? tokenizers.tokenizer(of: stored))
        }
    }

    private static func checkLength(_ length: Int, _ what: String, _ unit: String) throws {
        guard length > longest else { return }
        throw GenerationError.promptFailed(
            "\(what) has \(length) \(unit) and \(longest) are read at a time; send it in parts")
    }
}

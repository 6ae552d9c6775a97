import GGUF
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What llama.cpp makes of random texts.
private enum RandomTexts {
    struct Expected: Decodable {
        struct Name: Decodable {
            let addsBeginning: Bool
            let cleansSpaces: Bool
            let tokens: Int
        }
        let names: [String: Name]
        let texts: [String]
        let tokens: [[[TokenID]]]
    }

    static let expected = Result {
        try JSONDecoder().decode(Expected.self, from: Vectors.data("tokenizers/pre-tokenizers/expected.json"))
    }
    static let file = Result { try GGUFFile(bytes: Vectors.data("tokenizers/pre-tokenizers/vocabulary.gguf")) }
}

@Suite("Words end where llama.cpp ends them, under each name of a pre-tokenizer")
struct PreTokenizerTests {
    @Test("random texts agree", arguments: TokenizerFactory.preTokenizerNames)
    func randomTexts(name: String) throws {
        let expected = try RandomTexts.expected.get()
        let about = try #require(expected.names[name])
        var metadata = try RandomTexts.file.get().metadata
        metadata["tokenizer.ggml.pre"] = .string(name)
        let tokenizer = try TokenizerFactory.make(metadata)
        #expect(tokenizer.vocabulary.addsBeginning == about.addsBeginning)
        #expect(tokenizer.vocabulary.cleansSpaces == about.cleansSpaces)
        for (text, tokens) in zip(expected.texts, expected.tokens[about.tokens]) {
            #expect(tokenizer.encode(text, .none) == tokens, "\(name): \(text.debugDescription)")
        }
    }

    @Test("every name has been compared")
    func names() throws {
        #expect(try Set(RandomTexts.expected.get().names.keys) == Set(TokenizerFactory.preTokenizerNames))
    }
}

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
private struct RandomTexts: Decodable {
    struct Name: Decodable {
        let addsBeginning: Bool
        let addsSeparator: Bool
        /// Not known where text comes back without spaces.
        let cleansSpaces: Bool?
        let group: Int
    }
    struct Text: Decodable {
        let text: String
        /// The different lists of tokens that the names make of it.
        let tokens: [[TokenID]]
    }
    struct Vocabulary: Decodable {
        let file: String
        let names: [String: Name]
        let texts: [Text]
        /// Which of a text's lists of tokens is that of a group of names; -1 where llama.cpp gives up.
        let groups: [[Int]]
    }
    let vocabularies: [Vocabulary]

    static let expected = Result {
        try JSONDecoder().decode(Self.self, from: Vectors.data("tokenizers/pre-tokenizers/expected.json"))
    }
}

@Suite("Words end where llama.cpp ends them, under each name of a pre-tokenizer")
struct PreTokenizerTests {
    @Test("random texts agree", arguments: TokenizerFactory.preTokenizerNames)
    func randomTexts(name: String) throws {
        let vocabulary = try #require(RandomTexts.expected.get().vocabularies.first { $0.names[name] != nil })
        let about = try #require(vocabulary.names[name])
        var metadata = try GGUFFile(bytes: Vectors.data("tokenizers/pre-tokenizers/\(vocabulary.file)")).metadata
        metadata["tokenizer.ggml.pre"] = .string(name)
        if name == "whitespace" { metadata["tokenizer.ggml.model"] = .string(name) }
        let tokenizer = try TokenizerFactory.make(metadata)
        #expect(tokenizer.vocabulary.addsBeginning == about.addsBeginning)
        #expect(tokenizer.vocabulary.addsSeparator == about.addsSeparator)
        if let cleansSpaces = about.cleansSpaces { #expect(tokenizer.vocabulary.cleansSpaces == cleansSpaces) }
        var compared = 0
        for (text, index) in zip(vocabulary.texts, vocabulary.groups[about.group]) where index >= 0 {
            #expect(tokenizer.encode(text.text, .none) == text.tokens[index], "\(name): \(text.text.debugDescription)")
            compared += 1
        }
        #expect(compared > 250)
    }

    @Test("every name has been compared")
    func names() throws {
        let compared = try RandomTexts.expected.get().vocabularies.flatMap(\.names.keys)
        #expect(Set(compared) == Set(TokenizerFactory.preTokenizerNames))
    }
}

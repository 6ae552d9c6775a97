import GGUF
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Tokens have the roles that llama.cpp gives them")
struct RoleTests {
    private struct Case: Decodable {
        let model: String
        let tokens: [String]
        let keys: [String: UInt32]
        let vocab: TokenizerVectors.Roles
    }

    private struct Cases: Decodable {
        let cases: [Case]
    }

    @Test("by their texts and by the model file's keys, in every kind of vocabulary")
    func roles() throws {
        let cases = try JSONDecoder().decode(Cases.self, from: Vectors.data("tokenizers/roles.json")).cases
        for example in cases {
            var metadata = GGUFMetadata()
            metadata["tokenizer.ggml.model"] = .string(example.model)
            metadata["tokenizer.ggml.pre"] = .string("gpt-2")
            metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(example.tokens))
            metadata["tokenizer.ggml.merges"] = .array(GGUFArray(["a b"]))
            for (role, token) in example.keys { metadata["tokenizer.ggml.\(role)_token_id"] = .uint32(token) }
            try example.vocab.check(
                TokenizerFactory.make(metadata).vocabulary, "\(example.model) \(example.tokens) \(example.keys)")
        }
        #expect(cases.count > 100)
    }
}

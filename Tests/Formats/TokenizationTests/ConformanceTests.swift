import GGUF
import SystemPackage
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Text becomes the tokens that llama.cpp makes of it, and tokens become its text")
struct ConformanceTests {
    static let vocabularies = [
        "bert-bge", "deepseek-coder", "falcon", "gpt-2", "llama-bpe", "llama-spm", "phi-3", "qwen2", "starcoder",
    ]

    static let small = ["smollm2", "t5", "xlm-roberta", "unigram-spaces", "unigram-bare", "gemma", "gemma4"]

    @Test("small vocabularies, and those cut to the texts, agree in every field", arguments: vocabularies + small)
    func cut(name: String) throws {
        let (tokenizer, vectors) = try TokenizerVectors.load(Vectors.directory.appending(path: "tokenizers/\(name)"))
        #expect(vectors.check(tokenizer, name) > 20)
    }

    @Test("whole vocabularies agree in every field", .enabled(if: Vectors.conformance != nil))
    func whole() throws {
        let root = try #require(Vectors.conformance)
        var cases = 0
        for name in Self.vocabularies {
            let (tokenizer, vectors) = try TokenizerVectors.load(root.appending(path: "tokenizers/\(name)"))
            cases += vectors.check(tokenizer, name)
        }
        print("conformance: \(cases) tokenizer cases in \(Self.vocabularies.count) vocabularies")
    }

    private struct Golden: Decodable {
        struct Prompt: Decodable {
            let text: String?
            let tokens: [TokenID]?
            let llamacpp_tokenizes_same: Bool?
        }
        let vocab: TokenizerVectors.Roles?
        let prompts: [Prompt]?
    }

    @Test("every tiny model's prompts agree", .enabled(if: Vectors.conformance != nil))
    func tinyModels() throws {
        let models = try #require(Vectors.conformance).appending(path: "models")
        var prompts = 0
        var kinds: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: models.path).sorted() {
            let folder = models.appending(path: name)
            let golden = try JSONDecoder().decode(
                Golden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
            let file = try GGUFFile(contentsOf: FilePath(folder.appending(path: "model.gguf").path))
            kinds.insert(try file.metadata.require("tokenizer.ggml.model", as: String.self))
            let tokenizer = try TokenizerFactory.make(file.metadata)
            golden.vocab?.check(tokenizer.vocabulary, name)
            for prompt in golden.prompts ?? [] where prompt.llamacpp_tokenizes_same == true {
                guard let text = prompt.text, let expected = prompt.tokens else { continue }
                let tokens = tokenizer.encode(text, SpecialTokens(addBoundaries: true, parse: false))
                #expect(tokens == expected, "\(name): \(text)")
                prompts += 1
            }
        }
        #expect(kinds == ["bert", "gemma4", "gpt2", "llama", "t5"])
        print("conformance: \(prompts) prompts of tiny models, \(kinds.count) kinds of tokenizers")
    }
}

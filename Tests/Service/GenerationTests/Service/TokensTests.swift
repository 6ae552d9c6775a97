import CPUBackend
import Chat
import Generation
import ModelLibrary
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Tokens of stored models")
struct TokensTests {
    private struct Golden: Decodable {
        struct Prompt: Decodable {
            let text: String
            let tokens: [TokenID]
        }
        let prompts: [Prompt]
    }

    private func isInMemory(_ service: LocalGenerationService) async -> Bool { await !service.loadedModels().isEmpty }

    @Test("texts have the tokens that llama.cpp gives them, and no weights are loaded for that")
    func golden() async throws {
        let store = TestStore()
        try store.add("tiny", weights: Array(Vectors.data("models/llama-yarn/model.gguf")))
        let service = LocalGenerationService(store: store.store, loader: ModelLoader(backend: CPUBackend()))
        let golden = try JSONDecoder().decode(Golden.self, from: Vectors.data("models/llama-yarn/golden.json"))
        let model = try ModelName("tiny")
        #expect(!golden.prompts.isEmpty)
        for prompt in golden.prompts {
            let tokens = try await service.tokenize(
                prompt.text, model: model, addsBoundaries: true, parsesSpecial: true)
            #expect(tokens == prompt.tokens)
            let bare = try await service.tokenize(
                prompt.text, model: model, addsBoundaries: false, parsesSpecial: true)
            #expect(try await service.detokenize(bare, model: model) == prompt.text)
        }
        #expect(await !isInMemory(service))
        await #expect(throws: GenerationError.promptFailed("token 1 is 999999, which is no token of the model")) {
            try await service.detokenize([1, 999_999], model: model)
        }
        await #expect(throws: GenerationError.promptFailed("token 0 is -1, which is no token of the model")) {
            try await service.detokenize([-1], model: model)
        }
    }

    @Test("a burst of requests reads the tokenizer once, and all get the same")
    func burst() async throws {
        let store = TestStore()
        try store.add("tiny", weights: Array(Vectors.data("models/llama-yarn/model.gguf")))
        let service = LocalGenerationService(store: store.store, loader: ModelLoader(backend: CPUBackend()))
        let model = try ModelName("tiny")
        let answers = try await withThrowingTaskGroup(of: [TokenID].self) { group in
            for _ in 0..<32 {
                group.addTask {
                    try await service.tokenize("once upon", model: model, addsBoundaries: false, parsesSpecial: false)
                }
            }
            return try await group.reduce(into: Set<[TokenID]>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        await service.shutDown()
    }

    @Test("a model in memory lends its tokenizer")
    func loaded() async throws {
        // The weights are no file that could be read.
        let setup = try LocalGenerationServiceTests.Setup()
        let model = try ModelName("m")
        await #expect(throws: GenerationError.self) {
            try await setup.service.tokenize("a", model: model, addsBoundaries: true, parsesSpecial: true)
        }
        _ = try await setup.service.load(model, options: GenerationOptions(), keepAlive: nil)
        let parsed = try await setup.service.tokenize(
            "a<eos>", model: model, addsBoundaries: true, parsesSpecial: true)
        #expect(parsed == [TestTokenizer.beginning, 97, TestTokenizer.end])
        let plain = try await setup.service.tokenize(
            "a<eos>", model: model, addsBoundaries: false, parsesSpecial: false)
        #expect(plain == "a<eos>".utf8.map { TokenID($0) })
        #expect(try await setup.service.detokenize(plain, model: model) == "a<eos>")
    }

    @Test("texts and lists beyond the limit are refused before anything is read")
    func limits() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        let model = try ModelName("m")
        await #expect(throws: GenerationError.self) {
            try await setup.service.tokenize(
                String(repeating: "a", count: 4 << 20 + 1), model: model, addsBoundaries: false, parsesSpecial: false)
        }
        await #expect(throws: GenerationError.self) {
            try await setup.service.detokenize([TokenID](repeating: 97, count: 4 << 20 + 1), model: model)
        }
        await #expect(throws: GenerationError.modelNotFound("none:latest")) {
            try await setup.service.tokenize("a", model: ModelName("none"), addsBoundaries: false, parsesSpecial: false)
        }
    }
}

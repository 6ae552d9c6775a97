import CPUBackend
import Generation
import ModelLibrary
import ModelTestSupport
import Options
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Embeddings by models of the store")
struct EmbeddingServiceTests {
    private let store = TestStore()
    private let service: LocalGenerationService

    init() throws {
        for name in ["bert", "llama-yarn"] {
            try store.add(name, weights: Array(Vectors.data("models/\(name)/model.gguf")))
        }
        let loader = ModelLoader(backend: CPUBackend()) { _, _ in TestFormat() }
        service = LocalGenerationService(store: store.store, loader: loader)
    }

    private func embed(
        _ model: String, _ inputs: [EmbeddingRequest.Input], _ change: (inout EmbeddingRequest) -> Void = { _ in }
    ) async throws -> EmbeddingAnswer {
        var request = EmbeddingRequest(model: try ModelName(model), inputs: inputs)
        change(&request)
        return try await service.embed(request)
    }

    private func cosine(_ first: [Float], _ second: [Float]) -> Float {
        let lengths = [first, second].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / (lengths[0] * lengths[1])
    }

    @Test("tokens of another program's prompts have its vectors, of length 1 and as they are")
    func golden() async throws {
        let prompts = try EmbeddingGolden(in: GoldenSet.kept.folder.appending(path: "bert")).prompts
        let inputs = prompts.map { EmbeddingRequest.Input.tokens($0.tokens) }
        let answer = try await embed("bert", inputs)
        let raw = try await embed("bert", inputs) { $0.length = .model }
        #expect(answer.promptTokens == prompts.reduce(0) { $0 + $1.tokens.count })
        for (index, prompt) in prompts.enumerated() {
            #expect(cosine(answer.vectors[index], prompt.hf.mean) > 0.99999)
            #expect(abs(answer.vectors[index].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(raw.vectors[index].largestDifference(from: prompt.hf.mean) < 2e-3)
        }
    }

    @Test(
        "one text and many give the same bits, by an encoder and by a language model",
        arguments: ["bert", "llama-yarn"])
    func batches(model: String) async throws {
        let texts = (0..<256).map { number in
            EmbeddingRequest.Input.text((0...(number % 23)).map { "word\($0 * number % 7) " }.joined())
        }
        let together = try await embed(model, texts).vectors
        for index in [0, 1, 100, 255] { #expect(try await embed(model, [texts[index]]).vectors == [together[index]]) }
        // A language model is in memory for both uses, and each is told of.
        if model == "llama-yarn" {
            var request = GenerationRequest(model: try ModelName(model), input: .raw("a"))
            request.options.numPredict = 1
            try await service.withGeneration(request) { for try await _ in $0 {} }
            #expect(await service.loadedModels().count == 2)
            await service.unload(try ModelName(model))
            #expect(try await eventually { await service.loadedModels().isEmpty })
        }
    }

    @Test("a text is cut to the context exactly, between what stands around it, or refused with its place")
    func truncation() async throws {
        let long = EmbeddingRequest.Input.text(Array(repeating: "word", count: 300).joined(separator: " "))
        let answer = try await embed("bert", [long, .text("a")]) { $0.options.numContext = 32 }
        let short = try await embed("bert", [.text("a")])
        #expect(answer.promptTokens == 32 + short.promptTokens)
        #expect(answer.vectors[1] == short.vectors[0])
        do {
            _ = try await embed("bert", [.text("a"), long]) {
                $0.options.numContext = 32
                $0.truncates = false
            }
            Issue.record("it was not refused")
        } catch GenerationError.inputTooLong(index: 1, let tokens, limit: 32) {
            #expect(tokens > 300)
        }
    }

    @Test("dimensions cut a vector and give it a length of 1 again")
    func dimensions() async throws {
        let whole = try await embed("bert", [.text("some words")]).vectors[0]
        let cut = try await embed("bert", [.text("some words")]) { $0.dimensions = 8 }.vectors[0]
        #expect(cut.count == 8 && cosine(cut, Array(whole.prefix(8))) > 0.99999)
        #expect(abs(cut.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        for dimensions in [0, -1, whole.count, 10_000] {
            #expect(try await embed("bert", [.text("some words")]) { $0.dimensions = dimensions }.vectors == [whole])
        }
    }

    @Test("a pair's score is the cosine of its embeddings where the model does not rank")
    func pairs() async throws {
        let vectors = try await embed("bert", [.text("a query"), .text("one"), .text("two words")]).vectors
        let scores = try await embed(
            "bert", [.pair(query: "a query", document: "one"), .pair(query: "a query", document: "two words")]
        ).vectors
        #expect(scores.count == 2 && scores.allSatisfy { $0.count == 1 })
        for index in 0..<2 { #expect(abs(scores[index][0] - cosine(vectors[0], vectors[index + 1])) < 1e-5) }
    }

    @Test("no input loads the model; text from an encoder and unknown tokens are refused")
    func refusals() async throws {
        #expect(try await embed("bert", []).vectors.isEmpty)
        #expect(await service.loadedModels().map(\.name.model) == ["bert"])
        await #expect(throws: GenerationError.self) { try await embed("bert", [.tokens([1, 1_000_000])]) }
        await #expect(throws: GenerationError.self) { try await embed("bert", [.tokens([])]) }
        let request = GenerationRequest(model: try ModelName("bert"), input: .raw("a"))
        await #expect(throws: GenerationError.unsupportedCapability(model: "bert:latest", capability: "generate")) {
            try await service.withGeneration(request) { for try await _ in $0 {} }
        }
    }
}

import Architectures
import CPUBackend
import Chat
import Compute
import Generation
import InMemoryLogging
import Inference
import Logging
import ModelLibrary
import Options
import Sampling
import SystemPackage
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// From a file on disk to an answer, with nothing scripted but the chat format.
@Suite("A real model file is loaded and answers")
struct ModelFileTests {
    struct Golden: Decodable {
        struct Prompt: Decodable {
            struct Reference: Decodable {
                let greedy: [TokenID]
            }
            let text: String
            let tokens: [TokenID]
            let llamacpp: Reference
        }
        let prompts: [Prompt]
    }

    private func golden() throws -> Golden {
        try JSONDecoder().decode(Golden.self, from: Vectors.data("models/llama-yarn/golden.json"))
    }

    private func makeService(_ store: TestStore) throws -> LocalGenerationService {
        try store.add("tiny", weights: Array(Vectors.data("models/llama-yarn/model.gguf")))
        let loader = ModelLoader(backend: CPUBackend()) { _, _ in TestFormat() }
        return LocalGenerationService(store: store.store, loader: loader)
    }

    private func greedy(_ service: LocalGenerationService, _ text: String, _ count: Int) async throws -> [TokenID] {
        var request = GenerationRequest(model: try ModelName("tiny"), input: .raw(text))
        request.options.temperature = 0
        request.options.numPredict = count
        return try await service.withGeneration(request) { stream in
            var context: [TokenID] = []
            for try await event in stream {
                if case .finished(let summary) = event { context = summary.context }
            }
            return context
        }
    }

    @Test("greedy tokens are llama.cpp's, also when all prompts run in one batch, twice")
    func greedyTokens() async throws {
        let golden = try golden()
        let store = TestStore()
        let service = try makeService(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for prompt in golden.prompts + golden.prompts {
                group.addTask {
                    // The reference goes on past the 128 tokens that the model was trained for; here the context shifts.
                    let expected = (prompt.tokens + prompt.llamacpp.greedy).prefix(128)
                    let tokens = try await greedy(service, prompt.text, expected.count - prompt.tokens.count)
                    #expect(tokens == Array(expected))
                }
            }
            try await group.waitForAll()
        }
        await service.shutDown()
    }

    @Test("a file without a template gets one that is guessed, which the log says once at loading")
    func guessedTemplate() async throws {
        let log = InMemoryLogHandler()
        let store = TestStore()
        try store.add("tiny", weights: Array(Vectors.data("models/llama-yarn/model.gguf")))
        let logger = Logger(label: "test", factory: { _ in log })
        let service = LocalGenerationService(
            store: store.store, loader: ModelLoader(backend: CPUBackend(), logger: logger))
        for _ in 0..<2 {
            _ = try await service.load(ModelName("tiny"), options: GenerationOptions(), keepAlive: nil)
        }
        #expect(log.entries.map(\.level) == [.notice])
        #expect(log.entries.first?.metadata["model"] == "tiny:latest")
        #expect(log.entries.first?.metadata["template"] == "plain text")
        await service.shutDown()
    }

    @Test("a renderer that is not known is told in the log, and one that is leaves nothing to guess")
    func renderers() async throws {
        let store = TestStore()
        let weights = try Array(Vectors.data("models/llama-yarn/model.gguf"))
        for (renderer, notices) in [("unheard-of", 2), ("gemma4", 0), ("olmo3", 0)] {
            try store.add("tiny", weights: weights, renderer: renderer)
            let log = InMemoryLogHandler()
            let logger = Logger(label: "test", factory: { _ in log })
            let service = LocalGenerationService(
                store: store.store, loader: ModelLoader(backend: CPUBackend(), logger: logger))
            _ = try await service.load(ModelName("tiny"), options: GenerationOptions(), keepAlive: nil)
            #expect(log.entries.map(\.level) == Array(repeating: .notice, count: notices))
            if notices > 0 { #expect(log.entries.first?.metadata["renderer"] == "\(renderer)") }
            await service.shutDown()
        }
    }

    @Test("a draft that cannot be read is passed over where it was only offered, and named where it was asked for")
    func damagedDraft() throws {
        let store = TestStore()
        try store.add("broken", weights: Array("not a model".utf8))
        let path = Vectors.directory.appending(path: "models/llama-yarn/model.gguf").path
        let file = try ModelFile(contentsOf: FilePath(path), model: "tiny")
        let broken = try #require(try store.store.model(named: ModelName("broken")).modelPath)
        func draft(_ origin: DraftSource.Origin) throws -> DraftFile? {
            try DraftFile(DraftSource(name: "small", path: broken, origin: origin), for: file, model: "tiny")
        }
        #expect(try draft(.offered) == nil)
        do {
            _ = try draft(.named)
            Issue.record("it was taken")
        } catch GenerationError.draftUnusable(let name, let reason) {
            #expect(name == "small")
            #expect(reason.contains("GGUF"))
        }
        do {
            _ = try draft(.own)
            Issue.record("it was taken")
        } catch GenerationError.modelUnusable(let model, let reason) {
            #expect(model == "tiny")
            #expect(reason.contains("small"))
        }
    }

    @Test("a file that is no model says so")
    func damaged() async throws {
        let store = TestStore()
        let loader = ModelLoader(backend: CPUBackend()) { _, _ in TestFormat() }
        try store.add("broken", weights: Array("not a model".utf8))
        let service = LocalGenerationService(store: store.store, loader: loader)
        do {
            _ = try await service.load(ModelName("broken"), options: GenerationOptions(), keepAlive: nil)
            Issue.record("it was loaded")
        } catch GenerationError.modelUnusable(let model, let reason) {
            #expect(model == "broken:latest")
            #expect(reason.contains("GGUF"))
        }
    }

    @Test("a model whose results are not the next token's is refused, as a model and as a draft")
    func embeddings() throws {
        let path = FilePath(Vectors.directory.appending(path: "models/bert/model.gguf").path)
        let store = TestStore()
        try store.add("encoder", weights: Array(Vectors.data("models/bert/model.gguf")))
        let loader = ModelLoader(backend: CPUBackend()) { _, _ in TestFormat() }
        let encoder = try store.store.model(named: ModelName("encoder"))
        #expect(
            throws: GenerationError.unsupportedCapability(model: "encoder:latest", capability: "completion")
        ) {
            _ = try loader.load(encoder, LoadOptions(contextLength: 64), reservedBytes: 0)
        }

        let tiny = FilePath(Vectors.directory.appending(path: "models/llama-yarn/model.gguf").path)
        let file = try ModelFile(contentsOf: tiny, model: "tiny")
        let draft = DraftSource(name: "small", path: path, origin: .named)
        let draftRefusal = #expect(throws: GenerationError.self) {
            _ = try DraftFile(draft, for: file, model: "tiny")
        }
        let draftText = draftRefusal.map { "\($0)" } ?? ""
        #expect(draftText.contains("small") && draftText.contains("embeddings"))
    }

    @Test("a model with windows is planned with a group of its own for them")
    func windows() throws {
        let path = FilePath(Vectors.directory.appending(path: "models/gemma2/model.gguf").path)
        let file = try ModelFile(contentsOf: path, model: "gemma")
        let plan = try file.plan(
            CPUBackend(), contextLength: 1 << 20, batchRows: nil, parallelSequences: 2, availableBytes: .max,
            model: "gemma")
        let policies = file.program.program.cacheGroups.map(\.policy)
        #expect(policies.count == 2 && policies.contains(.full))
        #expect(plan.limits.blockCounts.count == 2)
        #expect(try file.makeExecutable(CPUBackend(), plan.limits).cachePolicies == policies)
    }

    @Test("a file that is cut while its model answers fails that answer; others go on, and the next request says why")
    func cutWhileAnswering() async throws {
        let store = TestStore()
        let bytes = try Array(Vectors.data("models/llama-yarn/model.gguf"))
        try store.add("cut", weights: bytes)
        // Another file, so that it is another model in memory.
        try store.add("whole", weights: bytes + [0])
        var settings = GenerationSettings()
        settings.repacking = .never
        let loader = ModelLoader(backend: CPUBackend(), settings: settings) { _, _ in TestFormat() }
        let service = LocalGenerationService(store: store.store, settings: settings, loader: loader)
        let path = try #require(try store.store.model(named: ModelName("cut")).modelPath)
        _ = try await service.load(ModelName("whole"), options: GenerationOptions(), keepAlive: nil)

        // Greedy, so that it goes on for longer than the engine runs ahead of its reader.
        var request = GenerationRequest(model: try ModelName("cut"), input: .raw(try golden().prompts[0].text))
        request.options.temperature = 0
        request.options.numPredict = 1_000_000
        do {
            try await service.withGeneration(request) { stream in
                var isCut = false
                for try await _ in stream where !isCut {
                    let file = try FileDescriptor.open(path, .writeOnly)
                    try file.closeAfter { try file.resize(to: Int64(bytes.count / 4)) }
                    isCut = true
                }
            }
            Issue.record("the answer ended as if all were well")
        } catch GenerationError.engineFailed(let reason) {
            #expect(reason.contains("cannot be read any more"))
        }
        #expect(try await eventually { await service.loadedModels().map(\.name.model) == ["whole"] })
        do {
            _ = try await service.load(ModelName("cut"), options: GenerationOptions(), keepAlive: nil)
            Issue.record("it was loaded")
        } catch GenerationError.modelUnusable(_, let reason) {
            #expect(reason.contains("is damaged"))
        }
        request.model = try ModelName("whole")
        request.options.numPredict = 4
        try await service.withGeneration(request) { stream in for try await _ in stream {} }
        await service.shutDown()
    }

    @Test("a model that does not fit is refused with the sizes")
    func tooLarge() throws {
        let path = Vectors.directory.appending(path: "models/llama-yarn/model.gguf").path
        let file = try ModelFile(contentsOf: FilePath(path), model: "tiny")
        #expect(file.weightBytes > 500_000)
        #expect(throws: GenerationError.self) {
            try file.plan(
                CPUBackend(), contextLength: 1 << 20, batchRows: nil, parallelSequences: 1, availableBytes: 600_000,
                model: "tiny")
        }
        let plan = try file.plan(
            CPUBackend(), contextLength: 1 << 20, batchRows: nil, parallelSequences: 2, availableBytes: .max,
            model: "tiny")
        #expect(plan.limits.contextLength == file.program.contextLength)
        let executable = try file.makeExecutable(CPUBackend(), plan.limits)
        #expect(executable.outputWidth == 600)
    }
}

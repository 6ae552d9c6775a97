import Architectures
import CPUBackend
import Compute
import Inference
import ModelTestSupport
import Sampling
import Tensors
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A small model whose cache is of one kind, with the answers that it gives to each prompt alone, at once.
struct CachedModel {
    let program: Program
    let weights: ExpandedWeights
    private let backend = CPUBackend(pool: WorkerPool(workerCount: 2))
    static let blockTokens = 8

    /// Golden models that are kept with the tests, by what their caches keep.
    static let kinds: [(name: String, cache: String)] = [
        ("llama-yarn", "every position"), ("gemma2", "windows beside every position"),
        ("gpt-oss", "windows with sinks"), ("deepseek2-yarn", "latent rows"),
        ("granitehybrid", "states beside every position"), ("mamba2", "states"),
    ]

    /// Nil where the model is not at hand.
    init?(_ name: String) throws {
        let folders = [GoldenSet.kept, GoldenSet.conformance].compactMap { $0?.folder.appending(path: name) }
        guard let folder = folders.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
        let source = try ModelContents(folder.appending(path: "model.gguf"))
        weights = try ExpandedWeights(source.tensors)
        program = try ArchitectureRegistry.program(for: source.metadata, weights: weights, contextLength: 256).program
    }

    func executable(blocks: Int = 64, contextLength: Int = 256) throws -> sending any Executable {
        try backend.compile(
            program, weights,
            ExecutionLimits(
                maximumRows: 64, maximumOutputs: 64, blockCounts: program.cacheGroups.map { _ in blocks },
                blockTokens: Self.blockTokens, contextLength: contextLength))
    }

    /// Texts that repeat themselves here and there, the first half of each pair the other's beginning.
    var prompts: [[TokenID]] {
        var random = SeededGenerator(seed: 3)
        return (0..<6).map { number in
            let text = (0..<9).map { _ in TokenID.random(in: 1..<500, using: &random) }
            return Array((0..<5).map { _ in text }.joined().prefix(14 + number * 5))
        }
    }

    /// What a sequence says that nobody shares a batch, a cache or a draft with. Where its context is full, it keeps the
    /// first `kept` tokens and drops half of the others, and is read again from its start.
    func answer(_ prompt: [TokenID], _ count: Int, contextLength: Int = 256, kept: Int = 4) throws -> [TokenID] {
        var tokens = prompt
        var answer: [TokenID] = []
        var runner: SequenceRunner?
        while answer.count < count {
            let logits: [Float]?
            if var known = runner {
                logits = try known.logits(of: [tokens[tokens.count - 1]]).last
                runner = known
            } else {
                var fresh = SequenceRunner(try executable())
                logits = try fresh.logits(of: tokens).last
                runner = fresh
            }
            let token = TokenID(try #require(logits).argmax)
            answer.append(token)
            tokens.append(token)
            if tokens.count > contextLength {
                tokens.removeSubrange(kept..<kept + max((tokens.count - kept) / 2, 1))
                runner = nil
            }
        }
        return answer
    }

    /// What an engine says to each prompt, all asked at the same time.
    func answers(
        _ engine: Engine, _ prompts: [[TokenID]], _ count: Int
    ) async throws -> [[TokenID]] {
        try await withThrowingTaskGroup(of: (Int, [TokenID]).self) { group in
            for (index, prompt) in prompts.enumerated() {
                group.addTask {
                    let request = SequenceRequest(prompt: prompt, maximumTokens: count, sampling: .greedy)
                    return try await engine.withSequence(request) { stream in
                        var tokens: [TokenID] = []
                        for try await event in stream {
                            if case .token(let token, _) = event { tokens.append(token.token) }
                        }
                        return (index, tokens)
                    }
                }
            }
            var answers = Array(repeating: [TokenID](), count: prompts.count)
            for try await (index, tokens) in group { answers[index] = tokens }
            return answers
        }
    }
}

@Suite("What a model answers does not depend on batches, blocks, drafts or what is cached")
struct ModelEngineTests {
    private static let names = CachedModel.kinds.map(\.name)

    @Test("asked with others, and again from the cache", arguments: names)
    func together(name: String) async throws {
        guard let model = try CachedModel(name) else { return }
        let expected = try model.prompts.map { try model.answer($0, 20) }
        let engine = try Engine(model.executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { engine.shutDown() }
        #expect(try await model.answers(engine, model.prompts, 20) == expected)
        #expect(try await model.answers(engine, model.prompts, 20) == expected)
        // The next turn of each conversation goes on from what is cached.
        let turns = zip(model.prompts, expected).map { $0 + $1 + [7, 8, 9] }
        let next = try turns.map { try model.answer($0, 12) }
        #expect(try await model.answers(engine, turns, 12) == next)
        #expect(engine.statistics.cachedPromptTokens > 0)
    }

    @Test("with so few blocks that sequences take them from one another", arguments: names)
    func preempted(name: String) async throws {
        guard let model = try CachedModel(name) else { return }
        let expected = try model.prompts.map { try model.answer($0, 40) }
        // Enough for one sequence and a half, and for two and a half states.
        let engine = try Engine(
            model.executable(blocks: 15), EngineSettings(parallelSequences: 6, speculation: .init(mode: .off)))
        defer { engine.shutDown() }
        #expect(try await model.answers(engine, model.prompts, 40) == expected)
        if model.program.cacheGroups.contains(where: { $0.policy == .full }) {
            #expect(engine.statistics.preemptions > 0)
        }
    }

    @Test("with drafts of the text, and of a model that guesses well", arguments: names)
    func drafted(name: String) async throws {
        guard let model = try CachedModel(name) else { return }
        let expected = try model.prompts.map { try model.answer($0, 30) }
        let text = try Engine(model.executable(), EngineSettings(speculation: .init(mode: .ngram)))
        defer { text.shutDown() }
        for _ in 0..<3 {
            #expect(try await model.answers(text, model.prompts, 30) == expected)
            for (prompt, answer) in zip(model.prompts, expected) {
                #expect(try await model.answers(text, [prompt], 30) == [answer])
            }
        }

        let engine = try Engine(model.executable(), draft: model.executable())
        defer { engine.shutDown() }
        // When a draft is tried depends on how long steps take, and texts rarely repeat what random models say.
        for round in 0..<40 where round < 2 || engine.statistics.drafts.drafted == 0 {
            for (prompt, answer) in zip(model.prompts, expected) {
                #expect(try await model.answers(engine, [prompt], 30) == [answer])
            }
        }
        #expect(engine.statistics.drafts.drafted > 0)
    }

    @Test("in a context that is full again and again", arguments: names)
    func shifted(name: String) async throws {
        guard let model = try CachedModel(name) else { return }
        let prompts = Array(model.prompts.prefix(3))
        let expected = try prompts.map { try model.answer($0, 90, contextLength: 48) }
        let engine = try Engine(
            model.executable(contextLength: 48), EngineSettings(speculation: .init(mode: .ngram)))
        defer { engine.shutDown() }
        #expect(try await model.answers(engine, prompts, 90) == expected)
    }
}

import Architectures
import CPUBackend
import Compute
import Inference
import ModelTestSupport
import ScriptedBackend
import Tensors
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("An engine of embeddings gives each text the row that it has alone")
struct EmbeddingEngineTests {
    /// An encoder, and language models with caches of each kind.
    static let names = ["bert", "llama-yarn", "gemma2", "gpt-oss", "deepseek2-yarn", "granitehybrid"]

    private static func engine(_ name: String, rows: Int = 96) throws -> EmbeddingEngine {
        let source = try ModelContents(GoldenSet.kept.folder.appending(path: "\(name)/model.gguf"))
        let weights = try ExpandedWeights(source.tensors)
        let model = try ArchitectureRegistry.program(
            for: source.metadata, weights: weights, contextLength: 96, purpose: .embeddings)
        let limits = ExecutionLimits(
            maximumRows: rows, maximumOutputs: 16,
            blockCounts: model.program.cacheGroups.map {
                TextBatcher.blocksNeeded($0.policy, rows: rows, texts: 16, blockTokens: 16)
            }, blockTokens: 16, contextLength: 96)
        let executable = try CPUBackend(pool: WorkerPool(workerCount: 2)).compile(model.program, weights, limits)
        return try EmbeddingEngine(executable, vocabularySize: model.vocabularySize)
    }

    private static let texts: [[TokenID]] = {
        var random = SeededGenerator(seed: 7)
        return (0..<40).map { _ in
            (0..<Int.random(in: 1...96, using: &random)).map { _ in TokenID.random(in: 1..<250, using: &random) }
        }
    }()

    @Test("the same bits alone, beside others, and beside other requests", arguments: names)
    func batches(name: String) async throws {
        let engine = try Self.engine(name)
        defer { engine.shutDown() }
        var alone: [[Float]] = []
        for text in Self.texts { alone += try await engine.rows(of: [text]) }
        #expect(Set(alone).count == alone.count)
        #expect(alone.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(try await engine.rows(of: Self.texts) == alone)
        async let first = engine.rows(of: Array(Self.texts.prefix(20)))
        async let second = engine.rows(of: Array(Self.texts.suffix(20)))
        #expect(try await first + second == alone)
    }

    @Test("texts that cannot be computed are refused before any is")
    func refusals() async throws {
        let engine = try Self.engine("bert")
        defer { engine.shutDown() }
        await #expect(throws: InferenceError.emptyPrompt) { try await engine.rows(of: [[1], []]) }
        await #expect(throws: InferenceError.promptTooLong(tokens: 97, limit: 96)) {
            try await engine.rows(of: [Array(repeating: 1, count: 97)])
        }
        await #expect(throws: InferenceError.tokenOutsideVocabulary(token: -1, vocabularySize: engine.vocabularySize)) {
            try await engine.rows(of: [[-1]])
        }
        #expect(try await engine.rows(of: []).isEmpty)
    }

    @Test("a batch that fails fails its requests, and the engine goes on")
    func failures() async throws {
        let limits = ExecutionLimits(maximumRows: 8, maximumOutputs: 4, blockCount: 8, blockTokens: 4, contextLength: 8)
        let executable = ScriptedExecutable(
            limits: limits, vocabularySize: 4,
            beforeBatch: { batch throws(ComputeError) in
                if batch.tokens.contains(3) { throw .invalidBatch("a three") }
            }, logits: { _ in [0, 0, 0, 0] })
        let engine = try EmbeddingEngine(executable, vocabularySize: 4)
        defer { engine.shutDown() }
        await #expect(throws: InferenceError.stepFailed(.invalidBatch("a three"))) { try await engine.rows(of: [[3]]) }
    }

    @Test("a cancelled request ends, and what waits when the engine shuts down fails")
    func endings() async throws {
        let engine = try Self.engine("bert", rows: 96)
        let many = Array(repeating: Self.texts[0], count: 100_000)
        let cancelled = Task { try await engine.rows(of: many) }
        _ = try await engine.rows(of: [[1]])
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let before = Task { try await engine.rows(of: many) }
        before.cancel()
        await #expect(throws: CancellationError.self) { try await before.value }
        let waiting = Task { try await engine.rows(of: many) }
        _ = try await engine.rows(of: [[1]])
        engine.shutDown()
        await #expect(throws: InferenceError.shutDown) { try await waiting.value }
        await #expect(throws: InferenceError.shutDown) { try await engine.rows(of: [[1]]) }
    }
}

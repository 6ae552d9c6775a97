import CPUBackend
import Compute
import Generation
import Inference
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

@Suite("Requests that are given up leave nothing behind")
struct CancellationTests {
    @Test("after 200 requests with random ends, by reading, leaving and cancelling, every block is free")
    func blocksAreFree() async throws {
        let path = Vectors.directory.appending(path: "models/llama-yarn/model.gguf").path
        let file = try ModelFile(contentsOf: FilePath(path), model: "tiny")
        let plan = try file.plan(
            CPUBackend(), contextLength: 128, batchRows: 32, parallelSequences: 8, availableBytes: .max, model: "tiny")
        let engine = try Engine(file.makeExecutable(CPUBackend(), plan.limits))
        defer { engine.shutDown() }
        var random = SeededGenerator(seed: 11)
        for _ in 0..<25 {
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    let prompt = (0..<Int.random(in: 1...90, using: &random)).map { _ in
                        TokenID.random(in: 3..<600, using: &random)
                    }
                    let wanted = Int.random(in: 0...12, using: &random)
                    let isCancelled = Bool.random(using: &random)
                    group.addTask {
                        let task = Task { try await Self.read(wanted, of: prompt, from: engine) }
                        if isCancelled { task.cancel() }
                        _ = try? await task.value
                    }
                }
                try await group.waitForAll()
            }
        }
        // The engine frees blocks before its next step, soon after the reader has gone.
        #expect(
            try await eventually { engine.statistics.usedBlocks == 0 && engine.statistics.runningSequences == 0 })
        let statistics = engine.statistics
        #expect(statistics.waitingSequences == 0)
        #expect(statistics.pausedSequences == 0)
        #expect(statistics.generatedTokens > 100)
    }

    private static func read(_ count: Int, of prompt: [TokenID], from engine: Engine) async throws {
        let request = SequenceRequest(prompt: prompt, maximumTokens: 16, sampling: .greedy)
        try await engine.withSequence(request) { stream in
            var read = 0
            for try await _ in stream {
                read += 1
                if read > count { return }
            }
        }
    }
}

import CPUBackend
import Compute
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing
import Workers

@Suite("The CPU backend computes what the reference computes", .computing)
struct CPUBackendTests {
    private static let limits = ExecutionLimits(
        maximumRows: 48, maximumOutputs: 48, blockCount: 36, blockTokens: 8, contextLength: 96)

    /// f32 sums in another order, and a cached half that rounds the other way now and then.
    private static let plainTolerance: Float = 1e-3
    /// Activations of 8 bits against floats: an error of 1/256 in every product, on logits of the size of 1.
    private static let quantizedTolerance: Float = 0.08

    @Test("random batches of several sequences", arguments: RandomModel.variety)
    func randomBatches(model: RandomModel) throws {
        let weights = try model.weights(seed: 11)
        let tolerance = model.matrixType == .f32 ? Self.plainTolerance : Self.quantizedTolerance
        let plain = try model.program(weights, passes: [])
        var sequences = SampleSequences(plain, Self.limits, seed: 4)
        let batches = (0..<6).map { _ in sequences.nextBatch(vocabulary: model.vocabulary) }
        let expected = try logits(
            of: batches, ReferenceBackend(cachesHalves: true).compile(plain, weights, Self.limits))
        for passes in [ProgramPass.allCases, []] {
            let program = try model.program(weights, passes: passes)
            for workers in 1...3 {
                let backend = CPUBackend(kernels: .best, pool: WorkerPool(workerCount: workers))
                let found = try logits(of: batches, backend.compile(program, weights, Self.limits))
                for (found, expected) in zip(found, expected) {
                    let difference = found.largestDifference(from: expected)
                    #expect(difference < tolerance, "\(passes.isEmpty ? "plain" : "fused"), \(workers) workers")
                }
            }
        }
    }

    private func logits(of batches: [Batch], _ executable: any Executable) throws -> [[Float]] {
        try batches.flatMap { batch in
            try executable.run(batch)
            return executable.outputRows()
        }
    }

    @Test("the split of a prompt and the number of workers do not change the logits", arguments: RandomModel.variety)
    func splitting(model: RandomModel) throws {
        let weights = try model.weights(seed: 5)
        let program = try model.program(weights)
        let tokens = (0..<70).map { TokenID($0 * 7 % model.vocabulary) }
        func logits(workers: Int, chunk: Int) throws -> [[Float]] {
            let backend = CPUBackend(kernels: .best, pool: WorkerPool(workerCount: workers))
            var runner = SequenceRunner(try backend.compile(program, weights, Self.limits))
            return try runner.logits(of: tokens, chunk: chunk)
        }
        // The same sums in the same order, whoever computes them.
        let whole = try logits(workers: 1, chunk: 48)
        #expect(try logits(workers: 2, chunk: 48) == whole)
        #expect(try logits(workers: 3, chunk: 1) == logits(workers: 1, chunk: 1))
        // Kernels may sum few columns in another order than many; rounding to 8 bits then makes more of it.
        let tolerance = model.matrixType == .f32 ? Self.plainTolerance : Self.quantizedTolerance
        for chunk in [1, 2, 13] {
            for (found, expected) in zip(try logits(workers: 2, chunk: chunk), whole) {
                #expect(found.largestDifference(from: expected) < tolerance, "chunks of \(chunk)")
            }
        }
    }

    @Test("long contexts split a generated row's heads among workers")
    func deepGeneration() throws {
        let model = RandomModel(layers: 1, heads: 6, kvHeads: 1)
        let weights = try model.weights(seed: 3)
        let program = try model.program(weights)
        let limits = ExecutionLimits(
            maximumRows: 128, maximumOutputs: 128, blockCount: 40, blockTokens: 8, contextLength: 320)
        let tokens = (0..<300).map { TokenID($0 * 13 % model.vocabulary) }
        var last: [[Float]] = []
        for (workers, chunk) in [(1, 128), (4, 128)] {
            let backend = CPUBackend(kernels: .best, pool: WorkerPool(workerCount: workers))
            var runner = SequenceRunner(try backend.compile(program, weights, limits))
            _ = try runner.logits(of: Array(tokens.dropLast()), chunk: chunk)
            last.append(try runner.logits(of: tokens.suffix(1))[0])
        }
        #expect(last[0].largestDifference(from: last[1]) < 1e-3)
    }

    @Test("a body may change the logits, and every output is visited once")
    func outputs() throws {
        let model = RandomModel(layers: 1)
        let weights = try model.weights(seed: 2)
        let executable = try CPUBackend(pool: WorkerPool(workerCount: 2)).compile(
            model.program(weights), weights, Self.limits)
        #expect(executable.outputWidth == model.vocabulary)
        let span = Batch.Span(rows: 0..<5, firstPosition: 0, blocks: [4])
        try executable.run(Batch(tokens: [1, 2, 3, 4, 5], spans: [span], outputRows: [0, 2, 4]))
        executable.forEachOutput { output, logits in logits[0] = Float(output) }
        #expect(executable.outputRows().map { $0[0] } == [0, 1, 2])
        #expect(executable.outputRows()[0].count == model.vocabulary)
        try executable.run(Batch(tokens: [6], spans: [.init(rows: 0..<1, firstPosition: 5, blocks: [4])]))
        executable.forEachOutput { _, _ in Issue.record("there is no output") }
    }

    @Test("weights that are not what the program says are refused")
    func weights() throws {
        let model = RandomModel(layers: 1)
        let weights = try model.weights(seed: 2)
        let program = try model.program(weights)
        let name = "blk.0.attn_q.weight"
        var missing = weights
        missing.remove(name)
        #expect(throws: ComputeError.missingWeight(name: name)) {
            try CPUBackend().compile(program, missing, Self.limits)
        }
        var short = weights
        try short.set(name, .f32, [64, 64], bytes: [UInt8](repeating: 0, count: 64 * 64 * 4 - 1))
        #expect(throws: ComputeError.self) { try CPUBackend().compile(program, short, Self.limits) }
        var unsupported = weights
        try unsupported.set(name, .f64, [64, 64], bytes: [UInt8](repeating: 0, count: 64 * 64 * 8))
        #expect(throws: ComputeError.unsupportedType(weight: name, type: "F64")) {
            try CPUBackend().compile(model.program(unsupported), unsupported, Self.limits)
        }
    }

    @Test("limits that no memory can hold are an error")
    func limits() throws {
        let model = RandomModel(layers: 1)
        let weights = try model.weights(seed: 2)
        let program = try model.program(weights)
        for limits in [
            ExecutionLimits(blockCount: 1 << 30, blockTokens: 1 << 20, contextLength: 64),
            ExecutionLimits(blockCount: 0, contextLength: 64),
            ExecutionLimits(maximumRows: -1, blockCount: 4, contextLength: 64),
            ExecutionLimits(maximumRows: .max, blockCount: 4, contextLength: .max),
        ] {
            #expect(throws: ComputeError.self) { try CPUBackend().compile(program, weights, limits) }
        }
    }

    @Test("batches that would reach outside are refused, and the executable goes on")
    func invalidBatches() throws {
        let model = RandomModel(layers: 1)
        let weights = try model.weights(seed: 2)
        let executable = try CPUBackend(pool: WorkerPool(workerCount: 2)).compile(
            model.program(weights), weights, Self.limits)
        func span(_ rows: Range<Int>, at position: Int = 0, _ blocks: [BlockID] = [0, 1]) -> Batch.Span {
            Batch.Span(rows: rows, firstPosition: position, blocks: blocks)
        }
        let bad: [Batch] = [
            Batch(tokens: [-1], spans: [span(0..<1)]),
            Batch(tokens: [TokenID(model.vocabulary)], spans: [span(0..<1)]),
            Batch(tokens: [0], spans: []),
            Batch(tokens: [0], spans: [span(0..<2)]),
            Batch(tokens: [0, 0], spans: [span(1..<2)]),
            Batch(tokens: [0, 0], spans: [span(0..<1), span(0..<2)]),
            Batch(tokens: [0], spans: [span(0..<1), span(1..<1)]),
            Batch(tokens: [0], spans: [span(0..<1, at: -1)]),
            Batch(tokens: [0], spans: [span(0..<1, at: 96, Array(0..<20))]),
            Batch(tokens: [0], spans: [span(0..<1, at: .max)]),
            Batch(tokens: [0], spans: [span(0..<1, at: 16)]),
            Batch(tokens: [0], spans: [span(0..<1, [-1])]),
            Batch(tokens: [0], spans: [span(0..<1, [36])]),
            Batch(tokens: [0], spans: [span(0..<1)], outputRows: [1]),
            Batch(tokens: [0], spans: [span(0..<1)], outputRows: [-1]),
            Batch(tokens: [0, 0], spans: [span(0..<2)], outputRows: [1, 1]),
            Batch(
                tokens: .init(repeating: 0, count: 49), spans: [span(0..<49, Array(0..<8))]),
        ]
        for batch in bad {
            #expect(throws: ComputeError.self, "\(batch)") { try executable.run(batch) }
        }
        try executable.run(Batch())
        try executable.run(Batch(tokens: [1], spans: [span(0..<1)], outputRows: [0]))
        #expect(executable.outputRows()[0].allSatisfy { $0.isFinite })
    }
}

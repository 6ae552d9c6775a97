import Architectures
import CPUBackend
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing
import Workers

@Suite("Types of the KV cache", .computing)
struct CacheTypeTests {
    private static let types = ["f16", "q8_0", "q4_0"].map { CacheType($0) }
    private static let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 64, blockCount: 24, blockTokens: 32, contextLength: 640)

    private func limits(_ type: CacheType) -> ExecutionLimits {
        var limits = Self.limits
        limits.cacheType = type
        return limits
    }

    private let model = RandomModel(layers: 2, heads: 6, kvHeads: 2, headWidth: 32)

    @Test("a block takes the bytes that its type says")
    func bytes() throws {
        let program = try model.program(model.weights(seed: 1))
        // Keys and values of 2 layers, 2 heads of 32, 32 positions.
        let elements = 2 * 2 * 2 * 32 * 32
        for (type, bits) in zip(Self.types, [16.0, 8.5, 4.5]) {
            let bytes = try CPUBackend().footprint(of: program, type, blockTokens: 32).blockBytes[0]
            #expect(bytes == Int(Double(elements) * bits / 8), "\(type)")
        }
    }

    @Test("an unknown type is refused with the known ones, and one that does not fit the heads with their width")
    func refusals() throws {
        let weights = try model.weights(seed: 1)
        let program = try model.program(weights)
        #expect(throws: ComputeError.self) { try CPUBackend().compile(program, weights, limits(CacheType("q3_7"))) }
        do {
            _ = try CPUBackend().footprint(of: program, CacheType("q3_7"), blockTokens: 32)
        } catch {
            #expect("\(error)".contains("q3_7") && "\(error)".contains("f16, q8_0, q4_0"))
        }
        let narrow = RandomModel(headWidth: 16)
        let narrowProgram = try narrow.program(narrow.weights(seed: 1))
        do {
            _ = try CPUBackend().footprint(of: narrowProgram, CacheType("Q8_0"), blockTokens: 32)
            Issue.record("heads of 16 were taken")
        } catch {
            #expect("\(error)".contains("q8_0") && "\(error)".contains("16"))
        }
    }

    /// Logits have a standard deviation of about 1.
    @Test("logits lie near those of an exact cache", arguments: zip(types, [Float(2e-3), 0.05, 0.8]))
    func accuracy(type: CacheType, tolerance: Float) throws {
        let weights = try model.weights(seed: 5)
        let program = try model.program(weights)
        let tokens = (0..<100).map { TokenID($0 * 7 % model.vocabulary) }
        var exact = SequenceRunner(try ReferenceBackend().compile(program, weights, Self.limits))
        let expected = try exact.logits(of: tokens, chunk: 50)
        for kernels in KernelTable.available {
            let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
            var runner = SequenceRunner(try backend.compile(program, weights, limits(type)))
            for (found, expected) in zip(try runner.logits(of: tokens, chunk: 50), expected) {
                #expect(found.largestDifference(from: expected) < tolerance, "\(kernels.name)")
            }
        }
    }

    @Test("a deep row has the same bits however it is split among workers and batched", arguments: types)
    func independence(type: CacheType) throws {
        let weights = try model.weights(seed: 3)
        let program = try model.program(weights)
        let tokens = (0..<300).map { TokenID($0 * 13 % model.vocabulary) }
        func last(workers: Int, chunk: Int, lastChunk: Int) throws -> [Float] {
            let backend = CPUBackend(kernels: .best, pool: WorkerPool(workerCount: workers))
            var runner = SequenceRunner(try backend.compile(program, weights, limits(type)))
            _ = try runner.logits(of: Array(tokens.dropLast(lastChunk)), chunk: chunk)
            return try #require(try runner.logits(of: Array(tokens.suffix(lastChunk)), chunk: lastChunk).last)
        }
        let expected = try last(workers: 1, chunk: 64, lastChunk: 1)
        // 3 and 5 workers are more than the 2 key/value heads, so that tiles of positions are shared out.
        #expect(try last(workers: 3, chunk: 64, lastChunk: 1) == expected)
        #expect(try last(workers: 5, chunk: 7, lastChunk: 1) == expected)
        #expect(try last(workers: 5, chunk: 64, lastChunk: 6) == expected)
        #expect(try last(workers: 2, chunk: 64, lastChunk: 40) == expected)
    }
}

import Architectures
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `FamilyTests` compares pooled rows; these are the other results.
@Suite("Encoders give rows and scores")
struct EncoderTests {
    private static let folder = GoldenSet.kept.folder.appending(path: "bert")

    /// A file, and tensors beside those that it has.
    private struct Extended: WeightSource {
        let file: ModelContents
        let more: TensorStore

        func tensor(named name: String) -> TensorView? { more.tensor(named: name) ?? file.tensor(named: name) }
    }

    private static func runner(pooling: UInt32?, _ more: TensorStore = TensorStore()) throws -> SequenceRunner {
        let file = try ModelContents(folder.appending(path: "model.gguf"))
        var metadata = file.metadata
        metadata["bert.pooling_type"] = pooling.map { .uint32($0) }
        let weights = Extended(file: file, more: more)
        let program = try ArchitectureRegistry.program(for: metadata, weights: weights, contextLength: 256).program
        return SequenceRunner(try ReferenceBackend().compile(program, weights, .golden(program)))
    }

    @Test("without pooling there is a row for each token", arguments: [nil, 0] as [UInt32?])
    func rows(pooling: UInt32?) throws {
        let prompt = try #require(EmbeddingGolden(in: Self.folder).prompts.first)
        var runner = try Self.runner(pooling: pooling)
        let rows = try runner.logits(of: prompt.tokens)
        #expect(rows.count == prompt.tokens.count)
        let (first, last) = try (#require(rows.first), #require(rows.last))
        #expect(first.largestDifference(from: prompt.hf.cls) < Tolerance.exact)
        #expect(last.largestDifference(from: prompt.hf.lastToken) < Tolerance.exact)
    }

    @Test("ranking makes one score of the first row, by one matrix or by two")
    func scores() throws {
        let prompt = try #require(EmbeddingGolden(in: Self.folder).prompts.first)
        let row = prompt.hf.cls
        var numbers = SampleNumbers(seed: 1)
        let dense = numbers.floats(row.count * row.count).map { $0 / 4 }
        let output = numbers.floats(row.count)
        func product(_ first: some Collection<Float>, _ second: [Float]) -> Float {
            zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        }

        var weights = TensorStore()
        try weights.set("cls.output.weight", [row.count, 1], output, as: .f32)
        try weights.set("cls.output.bias", [1], [0.5], as: .f32)
        var direct = try Self.runner(pooling: 4, weights)
        #expect(try direct.embedding(of: prompt.tokens).largestDifference(from: [product(row, output) + 0.5]) < 1e-3)

        // As RoBERTa's head for classification in transformers: dense, tanh, out_proj.
        try weights.set("cls.weight", [row.count, row.count], dense, as: .f32)
        let hidden = row.indices.map { tanh(product(dense[$0 * row.count..<($0 + 1) * row.count], row)) }
        var whole = try Self.runner(pooling: 4, weights)
        #expect(try whole.embedding(of: prompt.tokens).largestDifference(from: [product(hidden, output) + 0.5]) < 1e-3)
    }

    @Test("a head that is missing, or one that sorts into classes, is named")
    func otherHeads() throws {
        #expect(throws: ComputeError.missingWeight(name: "cls.output.weight")) { try Self.runner(pooling: 4) }
        var weights = TensorStore()
        try weights.set("cls.output.weight", [64, 3], [Float](repeating: 0, count: 192), as: .f32)
        #expect {
            try Self.runner(pooling: 4, weights)
        } throws: {
            "\($0)".contains("cls.output.weight")
        }
        #expect {
            try Self.runner(pooling: 5)
        } throws: {
            "\($0)".contains("bert.pooling_type")
        }
    }
}

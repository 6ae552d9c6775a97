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

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `StepTests` compares the CPU with the reference, `FamilyTests` whole models with transformers.
@Suite("Rotation by sections")
struct SectionRotationTests {
    /// Heads that transformers rotated; see the README of `Tests/Vectors/rotary`.
    fileprivate struct Golden: Decodable, CustomTestStringConvertible {
        let order: String
        let sections: [Int32]
        let base: Float
        let heads: Int
        /// By section.
        let positions: [[Int32]]
        /// Rows × heads × head width.
        let input: [Float]
        let output: [Float]

        var rowCount: Int { positions[0].count }
        var width: Int { input.count / rowCount }
        var testDescription: String { "\(sections), \(order)" }

        static let all: [Golden] =
            (try? JSONDecoder().decode([Golden].self, from: Vectors.data("rotary/sections.json"))) ?? []

        func rotation() throws -> Rotation {
            var metadata = RandomModel().metadata
            metadata["llama.rope.freq_base"] = .float32(base)
            metadata["llama.rope.dimension_sections"] = .array(GGUFArray(sections + [0]))
            let model = try Hyperparameters(metadata)
            let rope = try RopeParameters(model, WeightDirectory(TensorStore()), headWidth: width / heads)
            let order = self.order == "in turn" ? SectionOrder.inTurn : .consecutive
            return try rope.rotation(
                isInterleaved: false, sections: order.sections(model, pairs: width / heads / 2))
        }
    }

    private static let limits = ExecutionLimits(
        maximumRows: 8, maximumOutputs: 8, blockCounts: [], blockTokens: 8, contextLength: 16, cacheType: .f32)

    /// A program that rotates the rows of a table.
    private static func program(_ rotation: Rotation, heads: Int, width: Int, rows: Int) throws -> Program {
        let shape = try #require(TensorShape([width, rows]))
        var b = ProgramBuilder()
        let embedded = try b.embed(Weight(name: "rows.weight", type: .f32, shape: shape))
        return try b.finish(.embeddings, b.selectOutputs(b.rotate(embedded, rotation, heads: heads)))
    }

    @Test("heads are rotated as transformers does", arguments: Golden.all)
    fileprivate func golden(golden: Golden) throws {
        var weights = TensorStore()
        try weights.set("rows.weight", [golden.width, golden.rowCount], golden.input, as: .f32)
        let program = try Self.program(
            golden.rotation(), heads: golden.heads, width: golden.width, rows: golden.rowCount)
        #expect(program.sectionCount == 3)
        let backends: [any Backend] =
            [ReferenceBackend()]
            + KernelTable.available.map { CPUBackend(kernels: $0, pool: WorkerPool(workerCount: 2)) }
        for backend in backends {
            var runner = SequenceRunner(try backend.compile(program, weights, Self.limits))
            let rows = try runner.logits(
                of: (0..<golden.rowCount).map { TokenID($0) }, sectionPositions: golden.positions)
            // transformers multiplies positions and frequencies in f32.
            #expect(rows.flatMap { $0 }.largestDifference(from: golden.output) < 1e-4, "\(backend.name)")
        }
    }

    @Test("the vectors are there")
    func goldens() { #expect(Golden.all.count == 4) }

    private static let frequencies: [Float] = [1, 0.3, 0.07, 0.002]

    /// What the CPU makes of eight rows, from position 5 on.
    private static func rows(sections: [Int], _ positions: [[Int32]]?) throws -> [[Float]] {
        var numbers = SampleNumbers(seed: 3)
        var weights = TensorStore()
        try weights.set("rows.weight", [16, 8], numbers.floats(16 * 8), as: .f32)
        let program = try program(
            Rotation(frequencies: frequencies, isInterleaved: false, sections: sections), heads: 2, width: 16, rows: 8)
        let executable = try CPUBackend(pool: WorkerPool(workerCount: 2)).compile(program, weights, limits)
        try executable.run(
            Batch(
                tokens: (0..<8).map { TokenID($0) }, spans: [.init(rows: 0..<8, firstPosition: 5, caches: [])],
                outputRows: Array(0..<8), sectionPositions: positions))
        return executable.outputRows()
    }

    @Test("without positions by section, or with the rows' own, the bits are those of plain rotation")
    func text() throws {
        let plain = try Self.rows(sections: [], nil)
        let own = (0..<8).map { Int32($0 + 5) }
        #expect(try Self.rows(sections: [0, 1, 2, 0], nil) == plain)
        #expect(try Self.rows(sections: [0, 1, 2, 0], [own, own, own]) == plain)
        #expect(try Self.rows(sections: [0, 1, 2, 0], [own, own.reversed(), own]) != plain)
    }

    @Test("positions that are not of the batch's rows and the program's sections are refused")
    func refused() throws {
        let own = [Int32](repeating: 1, count: 8)
        #expect(throws: Never.self) { try Self.rows(sections: [0, 1, 0, 1], [own, own]) }
        #expect(throws: Never.self) {
            try Self.rows(sections: [0, 1, 0, 1], [own, .init(repeating: .max, count: 8)])
        }
        let bad: [[[Int32]]] = [
            [], [own], [own, own, own], [own, own.dropLast()], [own + [1], own], [own, own.dropLast() + [-1]],
        ]
        for positions in bad {
            #expect(throws: ComputeError.self, "\(positions)") {
                try Self.rows(sections: [0, 1, 0, 1], positions)
            }
        }
        for positions in [[], [own]] {
            #expect(throws: ComputeError.self) { try Self.rows(sections: [], positions) }
        }
    }

    @Test("sections that do not fit the pairs are refused")
    func misfits() throws {
        for sections in [[0, 1, 2], [0, 1, 2, 0, 1], [0, 1, 2, -1], [0, 1, 2, 4]] {
            #expect(throws: ComputeError.self, "\(sections)") { try Self.rows(sections: sections, nil) }
        }
        func sections(_ counts: [Int32]?, _ order: SectionOrder) throws -> [Int] {
            var metadata = RandomModel().metadata
            metadata["llama.rope.dimension_sections"] = counts.map { .array(GGUFArray($0)) }
            return try order.sections(Hyperparameters(metadata), pairs: 8)
        }
        #expect(try sections([2, 3, 3, 0], .consecutive) == [0, 0, 1, 1, 1, 2, 2, 2])
        #expect(try sections([2, 2, 2, 2], .consecutive) == [0, 0, 1, 1, 2, 2, 3, 3])
        #expect(try sections([4, 2, 2], .inTurn) == [0, 1, 2, 0, 1, 2, 0, 0])
        let bad: [[Int32]?] = [
            nil, [], [8], [4, 4], [2, 3, 4], [2, 3, 2], [9, 0, -1], [2, 3, .max], [2, 2, 2, 1, 1],
        ]
        for counts in bad {
            for order in [SectionOrder.consecutive, .inTurn] {
                let error = #expect(throws: ComputeError.self) { try sections(counts, order) }
                #expect(error?.description.contains("llama.rope.dimension_sections") == true)
            }
        }
        // In turn, height would have three of eight, and there is no fourth section.
        for counts in [[2, 4, 2], [2, 2, 2, 2]] as [[Int32]] {
            #expect(throws: ComputeError.self) { try sections(counts, .inTurn) }
        }
    }

    /// A model that sees images, and what transformers computes with it from the rows of one.
    private struct ImageGolden: Decodable {
        struct Chunk: Decodable {
            let tokens: [TokenID]?
        }
        struct Outputs: Decodable {
            let lastLogits: [Float]
            let greedy: [TokenID]
        }
        struct Case: Decodable {
            let chunks: [Chunk]
            let hf: Outputs
        }
        let cases: [Case]
    }

    @Test("text after an image of the conformance set, and what follows it", .enabled(if: GoldenSet.conformance != nil))
    func image() throws {
        let folder = try #require(GoldenSet.conformance).folder.appending(path: "qwen2vl")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: folder.appending(path: "golden.json"))
        let golden = try #require(decoder.decode(ImageGolden.self, from: data).cases.first)
        let (before, after) = (golden.chunks[0].tokens ?? [], golden.chunks[2].tokens ?? [])
        let (rows, columns, width) = (3, 4, 64)
        let file = try Data(contentsOf: folder.appending(path: "main.hf.image_embedding.npy"))
        let values = [UInt8](file.suffix(rows * columns * width * 4)).withUnsafeBytes { bytes in
            (0..<rows * columns * width).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }

        let first = before.count
        let patches = 0..<rows * columns
        // The image takes as many positions as its longer side has patches.
        let next = first + max(rows, columns)
        let place = [Int32](0..<Int32(first))
        let text = (0..<after.count).map { Int32(next + $0) }
        let positions = [
            place + patches.map { _ in Int32(first) } + text,
            place + patches.map { Int32(first + $0 / columns) } + text,
            place + patches.map { Int32(first + $0 % columns) } + text,
        ]
        let tokens = before + patches.map { _ in 0 } + after

        let source = try ModelContents(folder.appending(path: "model.gguf"))
        let weights = try ExpandedWeights(source.tensors)
        let program = try ArchitectureRegistry.program(for: source.metadata, weights: weights, contextLength: 256)
            .program
        let executable = try CPUBackend(pool: WorkerPool(workerCount: 2)).compile(
            program, weights, .golden(program, .f32))
        var runner = SequenceRunner(executable)
        var last = try #require(
            runner.logits(
                of: tokens, embeddings: Batch.Embeddings(rows: patches.map { first + $0 }, values: values),
                sectionPositions: positions, chunk: 7
            ).last)
        #expect(last.largestDifference(from: golden.hf.lastLogits) < Tolerance.exact)
        for (index, expected) in golden.hf.greedy.enumerated() {
            #expect(TokenID(last.argmax) == expected, "token \(index) of the answer")
            let position = [Int32(next + after.count + index)]
            last = try runner.logits(of: [expected], sectionPositions: [position, position, position])[0]
        }
    }
}

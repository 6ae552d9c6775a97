import CPUBackend
import Compute
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing
import Workers

/// Random weights that a test's program asks for by shape.
private struct SampleWeights {
    private(set) var store = TensorStore()
    private var generator = SeededGenerator(seed: 17)
    private var count = 0

    mutating func weight(
        _ dimensions: Int..., in range: ClosedRange<Float> = -0.3...0.3, as type: QuantizationType = .f32
    ) throws -> Weight {
        count += 1
        let name = "blk.0.w\(count).weight"
        let shape = try #require(TensorShape(dimensions))
        let values = (0..<shape.elementCount).map { _ in Float.random(in: range, using: &generator) }
        try store.set(name, dimensions, values, as: type)
        return Weight(name: name, type: type, shape: shape)
    }
}

/// A program of one kind of step between the embedding and the output rows.
private struct StepCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Of rows of 64 floats.
    let write: @Sendable (inout ProgramBuilder, inout SampleWeights, Value) throws -> Value

    init(
        _ name: String,
        _ write: @escaping @Sendable (inout ProgramBuilder, inout SampleWeights, Value) throws -> Value
    ) {
        testDescription = name
        self.write = write
    }

    func program(_ weights: inout SampleWeights) throws -> Program {
        var b = ProgramBuilder()
        let rows = try b.embed(weights.weight(64, 40, in: -1...1))
        let result = try write(&b, &weights, rows)
        let output = result.rows == .tokens ? b.selectOutputs(result) : result
        return try b.finish(.embeddings, output)
    }

    static let rows: [StepCase] = [
        StepCase("embeddings, scaled, of positions and of an entry") { b, w, x in
            let positions = try b.embed(w.weight(64, 120), .position(offset: 2))
            let scaled = try b.embed(w.weight(64, 40), scale: 3)
            return try b.add(b.add(b.add(x, positions), scaled), b.embed(w.weight(64, 3), .entry(1)))
        },
        StepCase("RMS normalization, whole, of groups, and of groups with weights of their own") { b, w, x in
            let whole = try b.normalize(x, Normalization(weight: w.weight(64), epsilon: 1e-5))
            let groups = try b.normalize(whole, Normalization(weight: w.weight(16), epsilon: 1e-5, groups: 4))
            return try b.normalize(groups, Normalization(weight: w.weight(16, 4), epsilon: 1e-5, groups: 4))
        },
        StepCase("layer normalization with and without weight and bias") { b, w, x in
            let plain = try b.normalize(x, Normalization(.layer, weight: nil, epsilon: 1e-5))
            return try b.normalize(
                plain, Normalization(.layer, weight: w.weight(64), bias: w.weight(64), epsilon: 1e-5))
        },
        StepCase("every activation, by itself and behind a product") { b, w, x in
            var sum = x
            let all: [Activation] = [
                .silu, .gelu, .geluTanh, .geluQuick, .relu, .reluSquared, .sigmoid, .tanh, .softplus,
            ]
            for activation in all {
                let product = try b.linear(x, Projection(weight: w.weight(64, 64), bias: w.weight(64)))
                sum = try b.add(sum, b.activate(product, activation))
                sum = try b.add(sum, b.activate(x, activation))
            }
            return sum
        },
        StepCase("scales, soft caps and clamps") { b, _, x in
            b.apply(.clamp(-0.4...0.5), b.softcap(b.scale(x, by: 2.5), 0.7))
        },
        StepCase("gates, of two products and of one number a row") { b, w, x in
            func product(_ width: Int = 64) throws -> Value { try b.linear(x, Projection(weight: w.weight(64, width))) }
            let gelu = try b.gate(product(), product(), .geluTanh)
            let clamped = try b.gate(product(), product(), .clampedSwiGLU(alpha: 1.702, limit: 0.5))
            return try b.gate(product(1), b.add(gelu, clamped), .sigmoid)
        },
        StepCase("parts of fused matrices with biases") { b, w, x in
            let fused = try Projection(weight: w.weight(64, 160), bias: w.weight(160))
            let first = try b.linear(x, fused.rows(0..<64))
            return try b.add(first, b.linear(x, fused.rows(96..<160)))
        },
        StepCase("parts of fused quantized matrices") { b, w, x in
            let fused = try Projection(weight: w.weight(64, 160, as: .q8_0))
            return try b.add(b.linear(x, fused.rows(32..<96)), b.linear(x, fused.rows(96..<160)))
        },
        StepCase("heads with matrices of their own") { b, w, x in try b.headLinear(x, w.weight(16, 24, 4)) },
        StepCase("heads split and joined, with a part that all share") { b, _, x in
            let parts = try b.split(x, heads: 4, [6, 10])
            let shared = try b.split(x, [16, 48])
            return try b.join([parts[1], shared[0], parts[0]], heads: 4, [10, 16, 6])
        },
        StepCase("rotation of the first elements, in both orders") { b, _, x in
            let frequencies: [Float] = [1, 0.3, 0.05]
            let neighbours = Rotation(frequencies: frequencies, magnitude: 1.1, isInterleaved: true)
            return try b.rotate(
                b.rotate(x, neighbours, heads: 8), Rotation(frequencies: frequencies, isInterleaved: false), heads: 4)
        },
        StepCase("rotation by sections and by rows") { b, _, x in
            let frequencies: [Float] = [1, 0.3, 0.05, 0.01]
            func rotation(_ sections: [Int], isInterleaved: Bool = false) -> Rotation {
                Rotation(frequencies: frequencies, magnitude: 1.1, isInterleaved: isInterleaved, sections: sections)
            }
            let three = try b.rotate(x, rotation([0, 1, 1, 2]), heads: 8)
            let four = try b.rotate(three, rotation([3, 1, 2, 0], isInterleaved: true), heads: 4)
            return try b.rotate(four, rotation([]), heads: 4)
        },
        StepCase("pooling by the mean") { b, _, x in try b.pool(x, .mean) },
        StepCase("pooling by the first row") { b, _, x in try b.pool(x, .first) },
        StepCase("pooling by the last row") { b, _, x in try b.pool(x, .last) },
    ]

    private static func attention(
        _ name: String, heads: Int = 4, kvHeads: Int = 2, keyWidth: Int = 16, valueWidth: Int = 16,
        mask: Mask = .causal, softcap: Float? = nil, hasSinks: Bool = false, slopes: [Float]? = nil,
        temperature: AttentionTemperature? = nil, rotates: Bool = false, sections: [Int] = []
    ) -> StepCase {
        StepCase("attention: \(name)") { b, w, x in
            let query = try b.linear(x, Projection(weight: w.weight(64, heads * keyWidth)))
            let key = try b.linear(x, Projection(weight: w.weight(64, kvHeads * keyWidth)))
            let value = try b.linear(x, Projection(weight: w.weight(64, kvHeads * valueWidth)))
            let rotation =
                rotates ? Rotation(frequencies: [1, 0.2, 0.03], isInterleaved: false, sections: sections) : nil
            let layer = try b.store(
                key: b.rotate(key, rotation, heads: kvHeads), value: value, heads: kvHeads, policy: mask.policy)
            let sinks = hasSinks ? try w.weight(heads, in: -1...1) : nil
            return try b.attend(
                b.rotate(query, rotation, heads: heads), layer, heads: heads, scale: 0.25,
                temperature: temperature, mask: mask, softcap: softcap, sinks: sinks, slopes: slopes)
        }
    }

    static let attentions: [StepCase] = [
        attention("causal", rotates: true),
        attention("a window of five", mask: .window(5), rotates: true),
        attention("a window of five, rotated by sections", mask: .window(5), rotates: true, sections: [0, 1, 2]),
        attention("a window of blocks", mask: .window(24)),
        attention("chunks of twelve", mask: .chunk(12)),
        attention("all positions", mask: .full),
        attention("keys wider than values", keyWidth: 24, valueWidth: 8),
        attention("one wide key for forty heads", heads: 40, kvHeads: 1, keyWidth: 72, valueWidth: 64),
        attention("soft cap", softcap: 0.5),
        attention("sinks", hasSinks: true),
        attention("sinks, soft cap and a window", mask: .window(9), softcap: 2, hasSinks: true),
        attention("a scale that grows", temperature: AttentionTemperature(strength: 0.3, interval: 8)),
        attention("ALiBi", slopes: [-0.5, 0.25, 0.125, 0.0625]),
        StepCase("attention: keys of another layer, unlike groups") { b, w, x in
            func product() throws -> Value { try b.linear(x, Projection(weight: w.weight(64, 64))) }
            let shared = try b.store(key: product(), value: product(), heads: 4)
            let first = try b.attend(product(), shared, heads: 4, scale: 0.25)
            let own = try b.store(key: first, value: product(), heads: 4, policy: .window(6))
            let second = try b.attend(first, own, heads: 4, scale: 0.25, mask: .window(6))
            return try b.add(second, b.attend(second, shared, heads: 4, scale: 0.25))
        },
    ]

    private static func experts(
        _ name: String, _ rule: RoutingRule, hasBiases: Bool = false, choiceBias: Bool = false,
        isSeparate: Bool = false, function: GateFunction = .activation(.silu)
    ) -> StepCase {
        StepCase("experts: \(name)") { b, w, x in
            let count = rule.expertCount
            let routing = try b.route(
                x, Projection(weight: w.weight(64, count), bias: hasBiases ? w.weight(count) : nil),
                choiceBias: choiceBias ? w.weight(count) : nil, rule)
            func matrices(_ input: Int, _ output: Int) throws -> ExpertMatrices {
                guard isSeparate else {
                    return try ExpertMatrices(
                        [w.weight(input, output, count)], bias: hasBiases ? w.weight(output, count) : nil)
                }
                return ExpertMatrices(try (0..<count).map { _ in try w.weight(input, output) })
            }
            let hidden = try b.gate(
                b.expertLinear(x, isPerExpert: false, routing, matrices(64, 48)),
                b.expertLinear(x, isPerExpert: false, routing, matrices(64, 48)), function)
            return try b.add(
                x, b.sumExperts(b.expertLinear(hidden, isPerExpert: true, routing, matrices(48, 64)), routing))
        }
    }

    static let experts: [StepCase] = [
        experts("softmax", RoutingRule(expertCount: 6, usedCount: 2, normalizesShares: true)),
        experts("shares that are not normalized", RoutingRule(expertCount: 6, usedCount: 3, normalizesShares: false)),
        experts(
            "sigmoid, groups, bias of the choice, scale",
            RoutingRule(
                expertCount: 8, usedCount: 3, score: .sigmoid, groups: .init(count: 4, usedCount: 2, best: 2),
                normalizesShares: true, scale: 2.5), choiceBias: true),
        experts(
            "softmax of the chosen, biases, clamped gates",
            RoutingRule(expertCount: 5, usedCount: 2, score: .softmaxOfChosen, normalizesShares: false),
            hasBiases: true, function: .clampedSwiGLU(alpha: 1.702, limit: 0.5)),
        experts(
            "a sparse mixer",
            RoutingRule(expertCount: 6, usedCount: 2, score: .sparseMixer(jitter: 0.5), normalizesShares: false)),
        experts(
            "a tensor each", RoutingRule(expertCount: 4, usedCount: 2, normalizesShares: true), isSeparate: true),
    ]

    static let recurrences: [StepCase] = [
        StepCase("a convolution") { b, w, x in try b.convolve(x, w.weight(4, 64), bias: w.weight(64), .silu) },
        StepCase("a scan") { b, w, x in
            let sides = try b.linear(x, Projection(weight: w.weight(64, 2 * 2 * 12)))
            let parts = try b.split(sides, [24, 24])
            return try b.scan(
                x, step: b.linear(x, Projection(weight: w.weight(64, 8))), entry: parts[0], exit: parts[1],
                stepBias: w.weight(8), decay: w.weight(1, 8, in: -2 ... -0.1), skip: w.weight(1, 8),
                Scan.Shape(heads: 8, headWidth: 8, stateWidth: 12, groups: 2))
        },
        StepCase("a scan beside attention to a window") { b, w, x in
            func product(_ width: Int) throws -> Value { try b.linear(x, Projection(weight: w.weight(64, width))) }
            let convolved = try b.convolve(x, w.weight(3, 64))
            let layer = try b.store(key: convolved, value: x, heads: 4, policy: .window(7))
            let attended = try b.attend(convolved, layer, heads: 4, scale: 0.25, mask: .window(7))
            return try b.add(
                attended,
                b.scan(
                    convolved, step: product(4), entry: product(16), exit: product(16), stepBias: w.weight(4),
                    decay: w.weight(1, 4, in: -2 ... -0.1), skip: w.weight(1, 4),
                    Scan.Shape(heads: 4, headWidth: 16, stateWidth: 16, groups: 1)))
        },
    ]

    static let all = rows + attentions + experts + recurrences
}

@Suite("Each step computes on the CPU what the reference computes", .computing)
struct StepTests {
    private static let limits = ExecutionLimits(
        maximumRows: 48, maximumOutputs: 48, blockCounts: [], blockTokens: 8, contextLength: 96, cacheType: .f32)

    private func limits(_ program: Program) -> ExecutionLimits {
        var limits = Self.limits
        limits.blockCounts = program.cacheGroups.map { _ in 36 }
        return limits
    }

    private func results(of batches: [Batch], _ executable: any Executable) throws -> [[Float]] {
        try batches.flatMap { batch in
            try executable.run(batch)
            return executable.outputRows()
        }
    }

    @Test("random batches of several sequences", arguments: StepCase.all)
    fileprivate func randomBatches(step: StepCase) throws {
        var weights = SampleWeights()
        let plain = try step.program(&weights)
        var sequences = SampleSequences(plain, limits(plain), seed: 4)
        let batches = (0..<8).map { _ in sequences.nextBatch(vocabulary: 40) }
        let expected = try results(of: batches, ReferenceBackend().compile(plain, weights.store, limits(plain)))
        #expect(expected.contains { $0.contains { $0 != 0 } })
        for program in [plain, plain.applying()] {
            for kernels in KernelTable.available {
                for workers in [1, 3] {
                    let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: workers))
                    let found = try results(
                        of: batches, backend.compile(program, weights.store, limits(program)))
                    #expect(found.count == expected.count)
                    let tolerance: Float = step.testDescription.contains("quantized") ? 2e-2 : 2e-5
                    for (found, expected) in zip(found, expected) {
                        let size = expected.reduce(1) { max($0, abs($1)) }
                        let difference = found.largestDifference(from: expected) / size
                        #expect(difference < tolerance, "\(kernels.name), \(workers) workers: \(difference)")
                    }
                }
            }
        }
    }

    @Test("how a text is split into batches changes no bit", arguments: StepCase.all)
    fileprivate func splitting(step: StepCase) throws {
        var weights = SampleWeights()
        let program = try step.program(&weights).applying()
        guard !program.isIndivisible else { return }
        let tokens = (0..<70).map { TokenID($0 * 7 % 40) }
        let sectionPositions = (0..<program.sectionCount).map { section in
            tokens.indices.map { Int32(($0 * 5 + section * 7) % 23) }
        }
        func rows(workers: Int, chunk: Int) throws -> [[Float]] {
            let backend = CPUBackend(kernels: .best, pool: WorkerPool(workerCount: workers))
            var runner = SequenceRunner(try backend.compile(program, weights.store, limits(program)))
            return try runner.logits(
                of: tokens, sectionPositions: sectionPositions.isEmpty ? nil : sectionPositions, chunk: chunk)
        }
        let whole = try rows(workers: 1, chunk: 48)
        for (workers, chunk) in [(2, 48), (3, 13), (2, 1)] {
            #expect(try rows(workers: workers, chunk: chunk) == whole, "\(workers) workers, chunks of \(chunk)")
        }
    }

    @Test("parts of a program, one after another, give the bits of the whole", arguments: StepCase.all)
    fileprivate func parts(step: StepCase) throws {
        var weights = SampleWeights()
        let program = try step.program(&weights).applying()
        var sequences = SampleSequences(program, limits(program), seed: 9)
        let batches = (0..<4).map { _ in sequences.nextBatch(vocabulary: 40) }
        let backend = CPUBackend(pool: WorkerPool(workerCount: 2))
        let whole = try results(of: batches, backend.compile(program, weights.store, limits(program)))
        #expect(program.steps.count < 4 || !program.possibleCuts.isEmpty)
        for cut in program.possibleCuts {
            let parts = program.parts(cutBefore: [cut])
            let executables = try parts.map { try backend.compile($0, weights.store, limits(program)) }
            let found = try results(of: batches, ChainedExecutable(parts, executables))
            #expect(found == whole, "cut before step \(cut)")
        }
    }
}

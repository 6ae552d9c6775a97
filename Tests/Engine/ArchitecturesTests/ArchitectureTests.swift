import Architectures
import Compute
import GGUF
import ModelTestSupport
import Tensors
import TestSupport
import Testing

@Suite("Model files are not trusted", .computing)
struct ArchitectureTests {
    /// Metadata that no model can have, over a good model's.
    private static let hostile: [(key: String, value: GGUFValue?)] = [
        ("block_count", .uint32(0)), ("block_count", .uint32(3)), ("block_count", .uint32(.max)),
        ("block_count", .int32(-1)), ("block_count", .string("two")), ("block_count", nil),
        ("embedding_length", .uint32(0)), ("embedding_length", .uint64(.max)), ("embedding_length", .uint32(65)),
        ("embedding_length", nil), ("context_length", .uint32(0)), ("context_length", nil),
        ("feed_forward_length", .uint32(95)), ("feed_forward_length", .uint64(1 << 60)), ("feed_forward_length", nil),
        ("attention.head_count", .uint32(0)), ("attention.head_count", .uint32(5)),
        ("attention.head_count", .uint32(1 << 27)), ("attention.head_count", nil),
        ("attention.head_count_kv", .uint32(0)), ("attention.head_count_kv", .uint32(3)),
        ("attention.head_count_kv", .uint32(8)), ("attention.key_length", .uint32(0)),
        ("attention.key_length", .uint32(1 << 27)), ("attention.key_length", .uint32(15)),
        ("attention.value_length", .uint32(8)), ("attention.scale", .float32(.nan)),
        ("attention.layer_norm_rms_epsilon", .float32(-1)), ("attention.layer_norm_rms_epsilon", nil),
        ("rope.freq_base", .float32(0)), ("rope.freq_base", .float32(.infinity)),
        ("rope.dimension_count", .uint32(0)), ("rope.dimension_count", .uint32(7)),
        ("rope.dimension_count", .uint32(18)), ("rope.scaling.factor", .float32(0)),
        ("rope.scaling.type", .string("spiral")), ("expert_count", .uint32(4)), ("expert_count", .uint32(1 << 30)),
    ]

    @Test("hyperparameters that cannot be are errors", arguments: hostile.indices)
    func hostileHyperparameters(index: Int) throws {
        let model = RandomModel()
        let weights = try model.weights(seed: 1)
        var metadata = model.metadata
        let (key, value) = Self.hostile[index]
        metadata["llama.\(key)"] = value
        let error = try #require(throws: ComputeError.self, "\(key) \(String(describing: value))") {
            try ArchitectureRegistry.program(for: metadata, weights: weights)
        }
        #expect(!error.description.contains("\n"))
    }

    @Test("a mixture of experts checks its numbers")
    func hostileExperts() throws {
        let model = RandomModel(experts: 4)
        let weights = try model.weights(seed: 1)
        for (key, value) in [
            ("expert_used_count", UInt32(0)), ("expert_used_count", 5), ("expert_count", 3), ("expert_count", 5),
        ] {
            var metadata = model.metadata
            metadata["llama.\(key)"] = .uint32(value)
            #expect(throws: ComputeError.self) {
                try ArchitectureRegistry.program(for: metadata, weights: weights)
            }
        }
    }

    @Test("each weight that is missing or misshapen is named", arguments: RandomModel.variety)
    func brokenWeights(model: RandomModel) throws {
        let weights = try model.weights(seed: 1)
        // Llama's biases may be absent, Qwen 2's of queries, keys and values not; without `output` the embedding is used.
        func isOptional(_ name: String) -> Bool {
            let required = model.architecture == "qwen2" ? ["attn_q.bias", "attn_k.bias", "attn_v.bias"] : []
            return name == "output.weight" || name.hasSuffix(".bias") && !required.contains { name.hasSuffix($0) }
        }
        for name in weights.tensors.keys.sorted() where !isOptional(name) {
            var missing = weights
            missing.remove(name)
            #expect(throws: ComputeError.missingWeight(name: name)) {
                try ArchitectureRegistry.program(for: model.metadata, weights: missing)
            }
            var misshapen = weights
            try misshapen.set(name, .f32, [3, 5, 7, 9], bytes: [])
            let error = #expect(throws: ComputeError.self) {
                try ArchitectureRegistry.program(for: model.metadata, weights: misshapen)
            }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test("an unknown architecture is named with those that are known")
    func unknownArchitecture() {
        var metadata = RandomModel(architecture: "perceptron").metadata
        let error = #expect(throws: ComputeError.self) {
            try ArchitectureRegistry.program(for: metadata, weights: TensorStore())
        }
        #expect(error?.description.contains("\"perceptron\"") == true)
        #expect(error?.description.contains("llama") == true && error?.description.contains("qwen2") == true)
        metadata["general.architecture"] = nil
        #expect(throws: ComputeError.self) {
            try ArchitectureRegistry.program(for: metadata, weights: TensorStore())
        }
    }

    @Test("a tensor may lack the dimensions of 1 at its end, and nothing else")
    func dimensionsOfOne() throws {
        var store = TensorStore()
        try store.set("a.weight", [4, 1], [1, 2, 3, 4], as: .f32)
        try store.set("b.weight", [4], [1, 2, 3, 4], as: .f32)
        let weights = WeightDirectory(store)
        for name in ["a", "b"] {
            for dimensions in [[4], [4, 1], [4, 1, 1]] {
                let weight = try weights.tensor(name, dimensions)
                #expect(weight.shape.dimensions == dimensions)
                #expect(try weight.isHeld(by: #require(store.tensor(named: "\(name).weight"))))
            }
            for dimensions in [[1, 4], [4, 2], [2], []] {
                #expect(throws: ComputeError.self) { try weights.tensor(name, dimensions) }
            }
        }
    }

    @Test("the facts of a model")
    func facts() throws {
        let model = RandomModel()
        let facts = try ArchitectureRegistry.program(for: model.metadata, weights: model.weights(seed: 1))
        #expect(facts.architecture == "llama")
        #expect(facts.layerCount == 2)
        #expect(facts.embeddingWidth == 64)
        #expect(facts.contextLength == 256)
        #expect(facts.vocabularySize == 40)
    }
}

@Suite("Rotary frequencies")
struct RopeParametersTests {
    /// Pairs 0 ... 8 of a head of 64 with base 50,000, and their divisors by HF's converter for factor 8, original
    /// context 64 (tensor `rope_freqs` of the golden Llama).
    private static let divisors: [Float] = [1, 1, 1, 1.09807158, 1.66221631, 2.62331271, 4.46386147, 8, 8]

    private static func rotation(_ entries: [String: GGUFValue], tensors: [String: [Float]] = [:]) throws -> Rotation {
        try parameters(entries, tensors: tensors).rotation(isInterleaved: true)
    }

    /// - Parameters:
    ///   - entries: under `rope.scaling`.
    ///   - tensors: without `.weight`.
    private static func parameters(
        _ entries: [String: GGUFValue], tensors: [String: [Float]] = [:], servedLength: Int? = nil
    ) throws -> RopeParameters {
        var weights = TensorStore()
        for (name, values) in tensors { try weights.set("\(name).weight", [values.count], values, as: .f32) }
        return try RopeParameters(
            model(entries, servedLength: servedLength), WeightDirectory(weights), headWidth: 64)
    }

    private static func model(
        _ entries: [String: GGUFValue], servedLength: Int? = nil
    ) throws -> Hyperparameters {
        var metadata = RandomModel(headWidth: 64).metadata
        metadata["llama.rope.freq_base"] = .float32(50_000)
        for (key, value) in entries { metadata["llama.rope.scaling.\(key)"] = value }
        return try Hyperparameters(metadata, servedLength: servedLength)
    }

    @Test("Llama 3's rule gives what HF's converter stores")
    func llama3() throws {
        let plain = try Self.rotation([:]).frequencies
        let scaled = try Self.rotation([
            "type": .string("llama3"), "factor": .float32(8), "original_context_length": .uint32(64),
        ])
        for (pair, divisor) in Self.divisors.enumerated() {
            #expect(abs(plain[pair] / scaled.frequencies[pair] / divisor - 1) < 1e-5, "pair \(pair)")
        }
        #expect(scaled.magnitude == 1)
    }

    @Test("a stored tensor divides the frequencies")
    func stored() throws {
        let plain = try Self.rotation([:]).frequencies
        #expect(plain[0] == 1 && abs(plain[16] - 1 / Float(50_000).squareRoot()) < 1e-8)
        let factors = (0..<32).map { Float($0 + 1) }
        let scaled = try Self.rotation([:], tensors: ["rope_freqs": factors]).frequencies
        for pair in 0..<32 { #expect(abs(scaled[pair] * factors[pair] / plain[pair] - 1) < 1e-6) }
        for bad in [[Float](repeating: 1, count: 31), [Float](repeating: 0, count: 32)] {
            #expect(throws: ComputeError.self) { try Self.rotation([:], tensors: ["rope_freqs": bad]) }
        }
    }

    @Test("linear scaling slows all pairs alike")
    func linear() throws {
        let plain = try Self.rotation([:]).frequencies
        let scaled = try Self.rotation(["factor": .float32(4)]).frequencies
        for pair in 0..<32 { #expect(abs(scaled[pair] * 4 / plain[pair] - 1) < 1e-6) }
        #expect(try Self.rotation(["factor": .float32(4), "type": .string("none")]).frequencies == plain)
    }

    @Test("YaRN keeps fast pairs, slows slow ones and sharpens attention")
    func yarn() throws {
        let plain = try Self.rotation([:]).frequencies
        let scaled = try Self.rotation([
            "type": .string("yarn"), "factor": .float32(4), "original_context_length": .uint32(4096),
        ])
        #expect(scaled.frequencies[0] == plain[0])
        #expect(abs(scaled.frequencies[31] * 4 / plain[31] - 1) < 1e-6)
        #expect(abs(scaled.magnitude - 1.1386294) < 1e-6)  // 1 + 0.1 ln 4
    }
    @Test("LongRoPE takes its factors by the length that is served, and sharpens attention")
    func longRope() throws {
        let plain = try Self.rotation([:]).frequencies
        let short = (0..<32).map { 1 + Float($0) / 32 }
        let long = short.map { 4 * $0 }
        let entries: [String: GGUFValue] = [
            "type": .string("longrope"), "original_context_length": .uint32(64), "attn_factor": .float32(1.25),
        ]
        let tensors = ["rope_factors_short": short, "rope_factors_long": long]
        // Of a model that was trained for 256.
        for (served, factors) in [(64, short), (65, long), (nil, long)] as [(Int?, [Float])] {
            let scaled = try Self.parameters(entries, tensors: tensors, servedLength: served)
                .rotation(isInterleaved: false)
            for pair in 0..<32 { #expect(abs(scaled.frequencies[pair] * factors[pair] / plain[pair] - 1) < 1e-6) }
            #expect(scaled.magnitude == 1.25)
        }
        #expect(throws: ComputeError.missingWeight(name: "rope_factors_long.weight")) {
            try Self.parameters(entries, tensors: ["rope_factors_short": short])
        }
        #expect(throws: ComputeError.missingWeight(name: "rope_factors_long.weight")) { try Self.parameters(entries) }
    }

    @Test("YaRN's magnitude is the file's, where it says one")
    func yarnMagnitude() throws {
        func magnitude(_ entries: [String: GGUFValue]) throws -> Float {
            try Self.rotation(["type": .string("yarn"), "factor": .float32(16)].merging(entries) { $1 }).magnitude
        }
        #expect(abs(try magnitude([:]) - 1.2772589) < 1e-6)  // 1 + 0.1 ln 16
        #expect(try magnitude(["yarn_attn_factor": .float32(1.5)]) == 1.5)
        #expect(abs(try magnitude(["attn_factor": .float32(2)]) - 2 * 1.2772589) < 1e-6)
        #expect(try magnitude(["yarn_log_multiplier": .float32(1)]) == 1)
        #expect(abs(try magnitude(["yarn_log_multiplier": .float32(0.5)]) - 1.2772589 / 1.1386294) < 1e-6)
        #expect(try magnitude(["factor": .float32(0.5)]) == 1)
    }

    @Test("DeepSeek's YaRN sharpens scores, not the rotated elements")
    func yarnOfScores() throws {
        let model = try Self.model([
            "type": .string("yarn"), "factor": .float32(40), "yarn_log_multiplier": .float32(0.0707),
        ])
        var parameters = try RopeParameters(model, WeightDirectory(TensorStore()), headWidth: 64)
        // (1 + 0.1 × 0.707 × ln 40)², as DeepSeek V2's own code has it.
        #expect(abs(try parameters.moveMagnitudeToScores(model) - 1.5896261) < 1e-6)
        #expect(parameters.rotation(isInterleaved: true).magnitude == 1)
    }
}

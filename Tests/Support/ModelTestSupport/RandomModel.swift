import Architectures
package import Compute
package import GGUF
package import Tensors
import TestSupport
import Testing

/// Weights made by a test.
package struct TensorStore: WeightSource {
    private final class Bytes: @unchecked Sendable {
        let buffer: UnsafeMutableRawBufferPointer

        init(_ bytes: [UInt8]) {
            buffer = .allocate(byteCount: bytes.count, alignment: 64)
            buffer.copyBytes(from: bytes)
        }

        deinit { buffer.deallocate() }
    }

    package private(set) var tensors: [String: TensorView] = [:]

    package init() {}

    package func tensor(named name: String) -> TensorView? { tensors[name] }

    package mutating func set(_ name: String, _ type: QuantizationType, _ dimensions: [Int], bytes: [UInt8]) throws {
        guard let shape = TensorShape(dimensions) else { throw ComputeError.missingWeight(name: name) }
        let owner = Bytes(bytes)
        tensors[name] = TensorView(
            name: name, type: type, shape: shape, bytes: UnsafeRawBufferPointer(owner.buffer), owner: owner)
    }

    package mutating func set(_ name: String, _ dimensions: [Int], _ values: [Float], as type: QuantizationType) throws
    {
        switch type {
        case .f32: try set(name, type, dimensions, bytes: Self.f32(values))
        case .q8_0: try set(name, type, dimensions, bytes: Self.q8_0(values))
        default:
            // Other types have arbitrary values.
            var numbers = SampleNumbers(seed: UInt64(values.count))
            let blocks = numbers.blocks(values.count / type.blockSize, ofType: type.name, bytes: type.bytesPerBlock)
            try set(name, type, dimensions, bytes: blocks)
        }
    }

    package mutating func remove(_ name: String) { tensors[name] = nil }

    private static func f32(_ values: [Float]) -> [UInt8] {
        values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    }

    /// Blocks of 32: an f16 scale, here a power of two, then as many 8-bit codes.
    private static func q8_0(_ values: [Float]) -> [UInt8] {
        stride(from: 0, to: values.count, by: 32).flatMap { start -> [UInt8] in
            // 2^-10 has the f16 bits 0x1400.
            [0x00, 0x14] + values[start..<start + 32].map { UInt8(bitPattern: Int8(clamping: Int($0 * 1024))) }
        }
    }
}

/// A small model of a given shape with random weights.
package struct RandomModel {
    package var architecture: String
    package var layers: Int
    package var heads: Int
    package var kvHeads: Int
    package var headWidth: Int
    package var width: Int
    package var hiddenWidth: Int
    package var vocabulary: Int
    package var experts: Int
    package var usedExperts: Int
    package var hasBiases: Bool
    package var isTied: Bool
    package var matrixType: QuantizationType
    /// Of the last matrix of experts; nil where it is as the others.
    package var downType: QuantizationType?

    package init(
        architecture: String = "llama", layers: Int = 2, heads: Int = 4, kvHeads: Int = 2, headWidth: Int = 16,
        width: Int = 64, hiddenWidth: Int = 96, vocabulary: Int = 40, experts: Int = 0, usedExperts: Int = 2,
        hasBiases: Bool = false, isTied: Bool = false, matrixType: QuantizationType = .f32,
        downType: QuantizationType? = nil
    ) {
        self.architecture = architecture
        self.layers = layers
        self.heads = heads
        self.kvHeads = kvHeads
        self.headWidth = headWidth
        self.width = width
        self.hiddenWidth = hiddenWidth
        self.vocabulary = vocabulary
        self.experts = experts
        self.usedExperts = usedExperts
        self.hasBiases = hasBiases
        self.isTied = isTied
        self.matrixType = matrixType
        self.downType = downType
    }

    package var metadata: GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string(architecture)
        let counts = [
            "block_count": layers, "context_length": 256, "embedding_length": width,
            "feed_forward_length": hiddenWidth, "attention.head_count": heads, "attention.head_count_kv": kvHeads,
            "attention.key_length": headWidth, "attention.value_length": headWidth, "expert_count": experts,
            "expert_used_count": usedExperts,
        ]
        for (key, count) in counts where experts > 0 || !key.hasPrefix("expert") {
            metadata["\(architecture).\(key)"] = .uint32(UInt32(count))
        }
        metadata["\(architecture).attention.layer_norm_rms_epsilon"] = .float32(1e-5)
        return metadata
    }

    package func weights(seed: UInt64) throws -> TensorStore {
        var generator = SeededGenerator(seed: seed)
        var store = TensorStore()
        func add(_ name: String, _ dimensions: [Int], _ range: ClosedRange<Float>, _ type: QuantizationType) throws {
            let values = (0..<dimensions.reduce(1, *)).map { _ in Float.random(in: range, using: &generator) }
            try store.set(name, dimensions, values, as: type)
        }
        func matrix(_ name: String, _ dimensions: [Int], _ type: QuantizationType? = nil) throws {
            // Uniform numbers in ±a have the variance a²/3: rows keep their size through a layer.
            let range = min(0.12, (3 / Float(dimensions[0])).squareRoot())
            try add("\(name).weight", dimensions, -range...range, type ?? matrixType)
            if hasBiases, dimensions.count == 2, !name.hasPrefix("token"), !name.contains("inp") {
                try add("\(name).bias", [dimensions[1]], -0.5...0.5, .f32)
            }
        }
        func norm(_ name: String) throws { try add("\(name).weight", [width], 0.5...1.5, .f32) }

        try add("token_embd.weight", [width, vocabulary], -0.12...0.12, matrixType)
        for layer in 0..<layers {
            let prefix = "blk.\(layer)."
            try norm(prefix + "attn_norm")
            try matrix(prefix + "attn_q", [width, heads * headWidth])
            try matrix(prefix + "attn_k", [width, kvHeads * headWidth])
            try matrix(prefix + "attn_v", [width, kvHeads * headWidth])
            try matrix(prefix + "attn_output", [heads * headWidth, width])
            try norm(prefix + "ffn_norm")
            if experts > 0 {
                try add("\(prefix)ffn_gate_inp.weight", [width, experts], -0.3...0.3, .f32)
                try matrix(prefix + "ffn_gate_exps", [width, hiddenWidth, experts])
                try matrix(prefix + "ffn_up_exps", [width, hiddenWidth, experts])
                try matrix(prefix + "ffn_down_exps", [hiddenWidth, width, experts], downType)
            } else {
                try matrix(prefix + "ffn_gate", [width, hiddenWidth])
                try matrix(prefix + "ffn_up", [width, hiddenWidth])
                try matrix(prefix + "ffn_down", [hiddenWidth, width])
            }
        }
        try norm("output_norm")
        if !isTied { try matrix("output", [width, vocabulary]) }
        return store
    }

    package func program(_ weights: TensorStore, passes: [ProgramPass] = ProgramPass.allCases) throws -> Program {
        try ArchitectureRegistry.program(for: metadata, weights: weights, passes: passes).program
    }

    /// Shapes that differ in everything that programs distinguish.
    package static let variety: [RandomModel] = [
        RandomModel(),
        RandomModel(kvHeads: 4, headWidth: 32, isTied: true),
        RandomModel(kvHeads: 1, headWidth: 24, hiddenWidth: 160, vocabulary: 130, hasBiases: true),
        RandomModel(architecture: "qwen2", layers: 1, heads: 6, kvHeads: 3, hasBiases: true, isTied: true),
        RandomModel(experts: 4),
        RandomModel(layers: 1, experts: 8, usedExperts: 3),
        RandomModel(matrixType: .q8_0),
        RandomModel(experts: 4, matrixType: .q8_0),
    ]
}

extension RandomModel: CustomTestStringConvertible {
    package var testDescription: String {
        "\(architecture), \(layers) layers, \(heads)/\(kvHeads) heads of \(headWidth), \(experts) experts, "
            + "\(matrixType.name)\(hasBiases ? ", biases" : "")\(isTied ? ", tied" : "")"
    }
}

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

/// Files of the same model whose tensors are laid out in an older way.
@Suite("Older files of a model compute the same")
struct OtherLayoutTests {
    private static let prompt: [TokenID] = [3, 14, 15, 9, 26, 5, 35, 8, 9, 7]

    /// Logits of each row of `tokens`.
    private func logits(
        _ metadata: GGUFMetadata, _ weights: any WeightSource, _ tokens: [TokenID] = prompt
    ) throws -> [[Float]] {
        let program = try ArchitectureRegistry.program(for: metadata, weights: weights, contextLength: 256).program
        var runner = SequenceRunner(try ReferenceBackend().compile(program, weights, .golden(program)))
        return try runner.logits(of: tokens)
    }

    @Test("experts in a tensor each, as in the first Mixtral files", arguments: [QuantizationType.f32, .q8_0])
    func separateExperts(type: QuantizationType) throws {
        let model = RandomModel(experts: 4, matrixType: type)
        let joined = try model.weights(seed: 7)
        var separate = joined
        for tensor in joined.tensors.values where tensor.name.hasSuffix("_exps.weight") {
            let name = tensor.name.dropLast("_exps.weight".count)
            let bytes = tensor.bytes.count / model.experts
            for expert in 0..<model.experts {
                try separate.set(
                    "\(name).\(expert).weight", tensor.type, Array(tensor.shape.dimensions.prefix(2)),
                    bytes: Array(tensor.bytes[expert * bytes..<(expert + 1) * bytes]))
            }
            separate.remove(tensor.name)
        }
        #expect(try logits(model.metadata, separate) == logits(model.metadata, joined))

        separate.remove("blk.1.ffn_up.3.weight")
        #expect(throws: ComputeError.missingWeight(name: "blk.1.ffn_up.3.weight")) {
            try logits(model.metadata, separate)
        }
    }

    /// As llama.cpp's converter wrote DeepSeek V2 and V3 until April 2025: the matrices that make keys and values of latents are
    /// one, and lengths of keys and values are those of heads.
    @Test("latent attention with one matrix for keys and values")
    func joinedLatentMatrices() throws {
        let folder = Vectors.directory.appending(path: "models/deepseek2-yarn")
        let source = try ModelContents(folder.appending(path: "model.gguf"))
        var weights = TensorStore()
        for tensor in source.tensors {
            try weights.set(tensor.name, tensor.type, tensor.shape.dimensions, bytes: Array(tensor.bytes))
        }
        for layer in 0..<3 {
            let (keys, values) = ("blk.\(layer).attn_k_b.weight", "blk.\(layer).attn_v_b.weight")
            let joined = try Self.join(#require(source.tensor(named: keys)), #require(source.tensor(named: values)))
            try weights.set("blk.\(layer).attn_kv_b.weight", joined.dimensions, joined.values, as: .f32)
            weights.remove(keys)
            weights.remove(values)
        }
        var metadata = source.metadata
        for (name, width) in [("key_length", UInt32(24)), ("value_length", 16), ("head_count_kv", 2)] {
            metadata["deepseek2.attention.\(name)"] = .uint32(width)
            metadata["deepseek2.attention.\(name)_mla"] = nil
        }
        for prompt in try Golden(in: folder).prompts {
            let last = try #require(try logits(metadata, weights, prompt.tokens).last)
            #expect(last.largestDifference(from: prompt.hf.lastLogits) < Tolerance.exact, "\(prompt.id)")
        }
    }

    /// For each head the rows of its keys, which `keys` has as columns, then those of its values.
    private static func join(_ keys: TensorView, _ values: TensorView) -> (dimensions: [Int], values: [Float]) {
        let (width, latentWidth, heads) = (keys.shape.dimensions[0], keys.shape.dimensions[1], keys.shape.dimensions[2])
        let valueWidth = values.shape.dimensions[1]
        let (keyNumbers, valueNumbers) = (
            keys.bytes.bindMemory(to: Float.self), values.bytes.bindMemory(to: Float.self)
        )
        var joined: [Float] = []
        for head in 0..<heads {
            for row in 0..<width {
                joined += (0..<latentWidth).map { keyNumbers[(head * latentWidth + $0) * width + row] }
            }
            joined += valueNumbers[head * valueWidth * latentWidth..<(head + 1) * valueWidth * latentWidth]
        }
        return ([latentWidth, heads * (width + valueWidth)], joined)
    }
}

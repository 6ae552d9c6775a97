import Architectures
import Compute
import GGUF
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Models in the layouts of Ollama's library read as llama.cpp's converter writes them")
struct PublishedFileTests {
    /// A small file with the given metadata and F32 tensors of zeros.
    private func source(
        _ architecture: String, _ metadata: [String: GGUFValue], _ tensors: [String: [Int]] = [:]
    ) throws -> ModelContents {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string(architecture)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { writer.metadata[key] = value }
        for (name, dimensions) in tensors.sorted(by: { $0.key < $1.key }) {
            let shape = try #require(TensorShape(dimensions))
            try writer.add(name, type: .f32, shape: shape, bytes: Array(repeating: 0, count: 4 * shape.elementCount))
        }
        return try ModelContents(GGUFFile(bytes: writer.bytes()))
    }

    private func values(_ metadata: GGUFMetadata) -> [String: GGUFValue] {
        Dictionary(uniqueKeysWithValues: metadata.keys.compactMap { key in metadata[key].map { (key, $0) } })
    }

    /// `file` written anew with other keys (nil leaves one out) and names of tensors.
    private func published(
        _ file: GGUFFile, key: (String) -> String?, tensor: (String) -> String, _ extra: [String: GGUFValue] = [:]
    ) throws -> ModelContents {
        var writer = GGUFWriter()
        for old in file.metadata.keys {
            if let new = key(old) { writer.metadata[new] = file.metadata[old] }
        }
        for (key, value) in extra { writer.metadata[key] = value }
        for view in file.tensors {
            try writer.add(
                TensorView(
                    name: tensor(view.name), type: view.type, shape: view.shape, bytes: view.bytes, owner: view.owner))
        }
        return try ModelContents(GGUFFile(bytes: writer.bytes()))
    }

    /// Expects metadata, weights and program of `file`, but for the pre-tokenizer where it is given.
    private func expectSame(_ source: ModelContents, _ file: GGUFFile, preTokenizer: String? = nil) throws {
        var expected = values(file.metadata)
        if let preTokenizer { expected["tokenizer.ggml.pre"] = .string(preTokenizer) }
        let found = values(source.metadata)
        for key in Set(expected.keys).union(found.keys) { #expect(found[key] == expected[key], "\(key)") }
        #expect(source.tensors.count == file.tensors.count)
        for tensor in file.tensors {
            let other = try #require(source.tensor(named: tensor.name))
            #expect(other.type == tensor.type && other.shape == tensor.shape)
            #expect(other.bytes.elementsEqual(tensor.bytes), "\(tensor.name)")
        }
        let program = try ArchitectureRegistry.program(for: source).program
        let converted = try ArchitectureRegistry.program(for: ModelContents(file)).program
        #expect(ProgramPrinter(program).listing == ProgramPrinter(converted).listing)
    }

    @Test("gpt-oss")
    func gptOSS() throws {
        let file = try GGUFFile(bytes: Vectors.data("models/gpt-oss/model.gguf"))
        let leftOut = ["gpt-oss.expert_feed_forward_length", "gpt-oss.rope.scaling.type"]
        let source = try published(
            file,
            key: { key in
                if leftOut.contains(key) { return nil }
                return key.hasPrefix("gpt-oss.") ? "gptoss." + key.dropFirst("gpt-oss.".count) : key
            },
            tensor: { name in
                name.hasSuffix(".attn_sinks.weight")
                    ? String(name.dropLast(".weight".count))
                    : name.replacing(".attn_output.", with: ".attn_out.")
                        .replacing(".post_attention_norm.", with: ".ffn_norm.")
            },
            ["general.architecture": .string("gptoss"), "tokenizer.ggml.pre": .string("default")])
        #expect(source.file.metadata.architecture == "gptoss")
        #expect(source.file.tensor(named: "blk.0.attn_sinks") != nil)
        // The small model has another vocabulary than the real ones.
        try expectSame(source, file, preTokenizer: "gpt-4o")
    }

    @Test("Gemma 3", .enabled(if: Vectors.conformance != nil))
    func gemma3() throws {
        let path = try #require(Vectors.conformance).appending(path: "models/gemma3/model.gguf")
        let file = try GGUFFile(bytes: Data(contentsOf: path))
        let source = try published(
            file,
            key: { key in
                switch key {
                case "gemma3.rope.freq_base": "gemma3.rope.global.freq_base"
                case "gemma3.rope.freq_base_swa": "gemma3.rope.local.freq_base"
                case "gemma3.attention.layer_norm_rms_epsilon", "tokenizer.ggml.add_space_prefix": nil
                default: key
                }
            }, tensor: { $0 })
        try expectSame(source, file)
    }

    @Test("Gemma 3 with a vision part lacks what all sizes have in common")
    func gemma3WithVision() throws {
        let tokens = ["a", "b", "c", "<image>"]
        let source = try source(
            "gemma3",
            [
                "gemma3.context_length": .uint32(131_072),
                "gemma3.mm.tokens_per_image": .uint32(256),
                "tokenizer.ggml.tokens": .array(GGUFArray(tokens)),
                "tokenizer.ggml.scores": .array(GGUFArray([Float(0), 1, 2, 3])),
                "tokenizer.ggml.token_type": .array(GGUFArray([Int32(1), 1, 1, 4])),
            ],
            [
                "token_embd.weight": [4, 3], "v.patch_embedding.weight": [2, 2],
                "mm.mm_input_projection.weight": [2, 2],
            ])
        let metadata = source.metadata
        #expect(metadata["gemma3.attention.layer_norm_rms_epsilon"] == .float32(1e-6))
        #expect(metadata["gemma3.rope.freq_base"] == .float32(1_000_000))
        #expect(metadata["gemma3.rope.freq_base_swa"] == .float32(10_000))
        #expect(metadata["gemma3.rope.scaling.type"] == .string("linear"))
        #expect(metadata["gemma3.rope.scaling.factor"] == .float32(8))
        #expect(metadata["tokenizer.ggml.add_space_prefix"] == .bool(false))
        #expect(try metadata.require("tokenizer.ggml.tokens", as: [String].self) == ["a", "b", "c"])
        #expect(try metadata.require("tokenizer.ggml.scores", as: [Float].self) == [0, 1, 2])
        #expect(try metadata.require("tokenizer.ggml.token_type", as: [Int].self) == [1, 1, 1])
        #expect(source.tensors.map(\.name) == ["token_embd.weight"])

        let small = try self.source("gemma3", ["gemma3.context_length": .uint32(32768)])
        #expect(small.metadata["gemma3.rope.scaling.type"] == nil)
    }

    @Test("EmbeddingGemma is told from Gemma 3 by its last matrices")
    func embeddingGemma() throws {
        let source = try source(
            "gemma3", ["gemma3.block_count": .uint32(24), "gemma3.attention.causal": .bool(false)],
            ["dense.0.weight": [8, 32], "dense.1.weight": [32, 8], "norm.weight": [8]])
        #expect(
            values(source.metadata) == [
                "general.architecture": .string("gemma-embedding"), "gemma-embedding.block_count": .uint32(24),
                "gemma-embedding.rope.freq_base_swa": .float32(10_000), "gemma-embedding.dense_2_feat_in": .uint32(8),
                "gemma-embedding.dense_2_feat_out": .uint32(32), "gemma-embedding.dense_3_feat_in": .uint32(32),
                "gemma-embedding.dense_3_feat_out": .uint32(8),
            ])
        #expect(source.tensors.map(\.name) == ["dense_2.weight", "dense_3.weight", "output_norm.weight"])
    }

    @Test("GLM 4 Flash becomes a DeepSeek 2")
    func glm4MoELite() throws {
        let source = try source(
            "glm4moelite",
            [
                "glm4moelite.attention.head_count_kv": .uint32(20), "glm4moelite.attention.key_length": .uint32(256),
                "glm4moelite.attention.value_length": .uint32(256), "glm4moelite.attention.kv_lora_rank": .uint32(512),
                "glm4moelite.attention.key_length_mla": .uint32(576),
                "glm4moelite.attention.value_length_mla": .uint32(512),
                "glm4moelite.rope.dimension_count": .uint32(64), "glm4moelite.expert_group_count": .uint32(2),
                "tokenizer.ggml.eos_token_ids": .array(GGUFArray([Int32(7), 8, 9])),
            ])
        #expect(
            values(source.metadata) == [
                "general.architecture": .string("deepseek2"), "deepseek2.attention.head_count_kv": .uint32(1),
                "deepseek2.attention.key_length": .uint32(576), "deepseek2.attention.value_length": .uint32(512),
                "deepseek2.attention.kv_lora_rank": .uint32(512), "deepseek2.attention.key_length_mla": .uint32(256),
                "deepseek2.attention.value_length_mla": .uint32(256), "deepseek2.rope.dimension_count": .uint32(64),
                "deepseek2.expert_group_count": .uint32(2), "deepseek2.expert_group_used_count": .uint32(1),
                "tokenizer.ggml.pre": .string("glm4"), "tokenizer.ggml.eot_token_id": .uint32(8),
                "tokenizer.ggml.eom_token_id": .uint32(9),
                "tokenizer.ggml.eos_token_ids": .array(GGUFArray([Int32(7), 8, 9])),
            ])
    }

    @Test("Llama 3 from before pre-tokenizers were named ends its turns")
    func llama3() throws {
        var tokens = (0..<128_256).map { "\($0)" }
        let vocabulary = ["tokenizer.ggml.tokens": GGUFValue.array(GGUFArray(tokens))]
        #expect(try source("llama", vocabulary).metadata["tokenizer.ggml.pre"] == nil)
        tokens[128_006] = "<|start_header_id|>"
        tokens[128_009] = "<|eot_id|>"
        let old: [String: GGUFValue] = [
            "tokenizer.ggml.tokens": .array(GGUFArray(tokens)), "tokenizer.ggml.eos_token_id": .uint32(128_001),
        ]
        let metadata = try source("llama", old).metadata
        #expect(metadata["tokenizer.ggml.pre"] == .string("llama-bpe"))
        #expect(metadata["tokenizer.ggml.eos_token_id"] == .uint32(128_009))
        #expect(metadata["tokenizer.ggml.eot_token_id"] == .uint32(128_009))
        let new = old.merging(["tokenizer.ggml.pre": .string("llama-bpe")]) { $1 }
        #expect(try source("llama", new).metadata["tokenizer.ggml.eos_token_id"] == .uint32(128_001))
    }

    @Test("Mistral 3 has llama.cpp's names of scaling")
    func mistral3() throws {
        let source = try source(
            "mistral3",
            [
                "mistral3.rope.scaling.beta_fast": .float32(32), "mistral3.rope.scaling.beta_slow": .float32(1),
                "mistral3.rope.scaling.mscale_all_dim": .float32(1), "mistral3.rope.scaling_beta": .float32(0.1),
                "tokenizer.ggml.pre": .string("default"),
            ], ["v.patch_conv.weight": [2, 2], "output_norm.weight": [4]])
        #expect(
            values(source.metadata) == [
                "general.architecture": .string("mistral3"), "mistral3.rope.scaling.yarn_beta_fast": .float32(32),
                "mistral3.rope.scaling.yarn_beta_slow": .float32(1),
                "mistral3.rope.scaling.yarn_log_multiplier": .float32(1),
                "mistral3.attention.temperature_scale": .float32(0.1), "tokenizer.ggml.pre": .string("tekken"),
            ])
        #expect(source.tensors.map(\.name) == ["output_norm.weight"])
    }

    @Test("OLMo 3 becomes an OLMo 2, Qwen 2.5 VL a Qwen 2 VL")
    func otherNames() throws {
        let olmo = try source("olmo3", ["olmo3.attention.sliding_window": .uint32(4096)])
        #expect(
            values(olmo.metadata) == [
                "general.architecture": .string("olmo2"), "olmo2.attention.sliding_window": .uint32(4096),
            ])
        let qwen = try source("qwen25vl", ["qwen25vl.rope.mrope_section": .array(GGUFArray([Int32(16), 24, 24]))])
        #expect(qwen.metadata.architecture == "qwen2vl")
        let sections = try qwen.metadata.require("qwen2vl.rope.dimension_sections", as: [Int].self)
        #expect(sections == [16, 24, 24, 0])
    }

    @Test("Qwen 3 VL loses its vision part, and its rotation gets the sections of all published sizes")
    func qwen3VL() throws {
        for architecture in ["qwen3vl", "qwen3vlmoe"] {
            let source = try source(architecture, [:], ["v.patch_embed.weight": [2, 2], "output_norm.weight": [4]])
            #expect(source.tensors.map(\.name) == ["output_norm.weight"])
            let key = "\(architecture).rope.dimension_sections"
            #expect(try source.metadata.require(key, as: [Int].self) == [24, 20, 20, 0])
        }
    }

    @Test("files of llama.cpp's converter are left as they are")
    func converted() throws {
        let folders = [Vectors.directory.appending(path: "models"), Vectors.conformance?.appending(path: "models")]
        var files = 0
        for folder in folders.compactMap({ $0 }) {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "README.md" {
                let file = try GGUFFile(bytes: Data(contentsOf: folder.appending(path: "\(name)/model.gguf")))
                let source = try ModelContents(file)
                #expect(source.metadata == file.metadata, "\(name)")
                #expect(source.tensors.map(\.name) == file.tensors.map(\.name), "\(name)")
                files += 1
            }
        }
        #expect(files > 10)
    }

    @Test("what contradicts itself is refused with the key's or the tensor's name")
    func hostile() throws {
        #expect(throws: GGUFError.duplicateTensor("blk.0.attn_output.weight")) {
            try source("gptoss", [:], ["blk.0.attn_out.weight": [1], "blk.0.attn_output.weight": [1]])
        }
        #expect(throws: GGUFError.missingKey("deepseek2.attention.key_length")) { try source("glm4moelite", [:]) }
        let widths: [String: GGUFValue] = [
            "glm4moelite.attention.key_length": .uint32(256), "glm4moelite.attention.kv_lora_rank": .uint32(.max),
            "glm4moelite.rope.dimension_count": .uint32(64),
        ]
        #expect(
            throws: GGUFError.valueOutOfRange(
                key: "deepseek2.attention.kv_lora_rank", value: "\(UInt32.max)", expected: "UInt32")
        ) { try source("glm4moelite", widths) }
        #expect(throws: GGUFError.wrongType(key: "gemma3.context_length", expected: "an integer", found: "string")) {
            try source("gemma3", ["gemma3.context_length": .string("long")])
        }
        #expect(
            throws: GGUFError.wrongType(key: "qwen2vl.rope.mrope_section", expected: "an array", found: "uint32")
        ) { try source("qwen25vl", ["qwen25vl.rope.mrope_section": .uint32(16)]) }
        let strange = try source("gptoss", [:], ["blk.0.ffn_gate_exps.weight": [2]])
        #expect(strange.metadata["gpt-oss.expert_feed_forward_length"] == nil)
    }
}

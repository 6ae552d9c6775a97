import GGUF

extension PublishedLayout {
    /// gpt-oss as Ollama's own converter wrote it.
    static let gptOSS = PublishedLayout { model in
        model.architecture == "gptoss"
    } translate: { model in
        model.setArchitecture("gpt-oss")
        if let gate = model.dimensions(of: "blk.0.ffn_gate_exps.weight", count: 3) {
            model.setDefault("gpt-oss.expert_feed_forward_length", .uint32(UInt32(clamping: gate[1])))
        }
        model.setDefault("gpt-oss.rope.scaling.type", .string("yarn"))
        // Files name the generic one.
        model.metadata["tokenizer.ggml.pre"] = .string("gpt-4o")
        model.renameTensorParts(["attn_out": "attn_output", "ffn_norm": "post_attention_norm"])
        model.renameTensors { $0.hasSuffix(".attn_sinks") ? "\($0).weight" : $0 }
    }
}

import GGUF

extension PublishedLayout {
    /// GLM 4 Flash: DeepSeek 2's tensors, with the sizes of whole heads where llama.cpp has those of the latent cache.
    static let glm4MoELite = PublishedLayout { model in
        model.architecture == "glm4moelite"
    } translate: { (model: inout PublishedModel) throws(GGUFError) in
        model.setArchitecture("deepseek2")
        let attention = "deepseek2.attention"
        let headWidth = try model.metadata.require("\(attention).key_length", as: UInt32.self)
        let latentWidth = try model.metadata.require("\(attention).kv_lora_rank", as: UInt32.self)
        let rotated = try model.metadata.require("deepseek2.rope.dimension_count", as: UInt32.self)
        let (keyWidth, overflow) = latentWidth.addingReportingOverflow(rotated)
        guard !overflow else {
            throw .valueOutOfRange(key: "\(attention).kv_lora_rank", value: "\(latentWidth)", expected: "UInt32")
        }
        model.metadata["\(attention).head_count_kv"] = .uint32(1)
        model.metadata["\(attention).key_length"] = .uint32(keyWidth)
        model.metadata["\(attention).value_length"] = .uint32(latentWidth)
        model.metadata["\(attention).key_length_mla"] = .uint32(headWidth)
        model.metadata["\(attention).value_length_mla"] = .uint32(headWidth)
        model.setDefault("deepseek2.expert_group_count", .uint32(1))
        model.setDefault("deepseek2.expert_group_used_count", .uint32(1))
        model.metadata["tokenizer.ggml.pre"] = .string("glm4")
        if let ends = try model.metadata.value("tokenizer.ggml.eos_token_ids", as: [UInt32].self) {
            for (key, end) in zip(["eot_token_id", "eom_token_id"], ends.dropFirst()) {
                model.setDefault("tokenizer.ggml.\(key)", .uint32(end))
            }
        }
    }
}

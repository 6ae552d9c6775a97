import GGUF

extension PublishedLayout {
    /// Gemma 3 as Ollama's converters wrote it over time: with a vision part, with other names of rotation bases, without
    /// what all sizes have in common.
    static let gemma3 = PublishedLayout { model in
        model.architecture == "gemma3" && (model.hasVision || markers.contains(where: model.has) || !model.has(epsilon))
    } translate: { (model: inout PublishedModel) throws(GGUFError) in
        model.renameKey("gemma3.rope.global.freq_base", to: "gemma3.rope.freq_base")
        model.renameKey("gemma3.rope.local.freq_base", to: "gemma3.rope.freq_base_swa")
        model.setDefault(epsilon, .float32(1e-6))
        model.setDefault("gemma3.rope.freq_base", .float32(1_000_000))
        model.setDefault("gemma3.rope.freq_base_swa", .float32(10_000))
        // All sizes but the small ones, whose context is shorter, stretch the positions of their full layers.
        if let context = try model.metadata.value("gemma3.context_length", as: UInt64.self), context >= 131_072 {
            model.setDefault("gemma3.rope.scaling.type", .string("linear"))
            model.setDefault("gemma3.rope.scaling.factor", .float32(8))
        }
        model.setDefault("tokenizer.ggml.add_space_prefix", .bool(false))
        // Vocabularies have tokens for images that the embedding has no rows for.
        if let embedding = model.dimensions(of: "token_embd.weight", count: 2) {
            try model.cutVocabulary(to: embedding[1])
        }
        model.removeVision()
    }

    private static let epsilon = "gemma3.attention.layer_norm_rms_epsilon"
    private static let markers = [
        "gemma3.mm.tokens_per_image", "gemma3.rope.global.freq_base", "gemma3.rope.local.freq_base",
        "tokenizer.ggml.add_padding_token", "tokenizer.ggml.add_unknown_token",
    ]
}

extension PublishedModel {
    /// Leaves out the tokens from number `count` on.
    fileprivate mutating func cutVocabulary(to count: Int) throws(GGUFError) {
        for name in ["tokens", "scores", "token_type"] {
            let key = "tokenizer.ggml.\(name)"
            guard case .array(let array)? = metadata[key], array.count > count else { continue }
            metadata[key] = .array(try array.prefix(count))
        }
    }
}

import GGUF

extension PublishedLayout {
    /// EmbeddingGemma, which Ollama's converter called `gemma3`; two matrices after pooling tell it apart.
    static let embeddingGemma = PublishedLayout { model in
        model.architecture == "gemma3" && model.hasTensor("dense.0.weight")
    } translate: { model in
        model.setArchitecture("gemma-embedding")
        model.metadata["gemma-embedding.attention.causal"] = nil
        model.metadata["gemma-embedding.attention.sliding_window_pattern"] = nil
        model.setDefault("gemma-embedding.rope.freq_base_swa", .float32(10_000))
        for (old, new) in [("dense.0.weight", "dense_2"), ("dense.1.weight", "dense_3")] {
            guard let matrix = model.dimensions(of: old, count: 2) else { continue }
            model.metadata["gemma-embedding.\(new)_feat_in"] = .uint32(UInt32(clamping: matrix[0]))
            model.metadata["gemma-embedding.\(new)_feat_out"] = .uint32(UInt32(clamping: matrix[1]))
        }
        let newNames = [
            "dense.0.weight": "dense_2.weight", "dense.1.weight": "dense_3.weight", "norm.weight": "output_norm.weight",
        ]
        model.renameTensors { newNames[$0] ?? $0 }
    }
}

import Compute

/// Phi-3, Phi-3.5 and Phi-4: Llama's block with fused matrices, NeoX rotary order of a part of each head, and factors of its
/// frequencies for long contexts.
///
/// Files of Phi-3-mini and -medium have a sliding window. It is not applied, as in llama.cpp: the models were published for
/// contexts that are no longer, or attend to all of them.
enum Phi3: ModelArchitecture {
    static let models = [
        ModelListing(
            "phi3", "Phi-3, Phi-3.5, Phi-4", library: ["phi3", "phi3.5", "phi4", "phi4-mini"],
            goldens: ["phi3", "phi3-longrope-short", "phi3-longrope-long", "phi4-mini"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

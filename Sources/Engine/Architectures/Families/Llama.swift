import Compute

/// Llama 1 to 3, Mistral, Mixtral, SmolLM, Code Llama and the many models that share their block.
enum Llama: ModelArchitecture {
    static let names = ["llama"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: attention.headWidth).rotation(isInterleaved: true)
        let experts = try ExpertShape(model, normalizesShares: true)
        let hiddenWidth = try model.count("feed_forward_length")
        let epsilon = Float(try model.requiredNumber("attention.layer_norm_rms_epsilon"))
        func norm(_ weights: WeightDirectory, _ name: String) throws(ComputeError) -> Normalization {
            Normalization(weight: try weights.vector(name, width: model.embeddingWidth), epsilon: epsilon)
        }

        var b = ProgramBuilder()
        var x = try b.embedTokens(model, weights)
        for index in 0..<model.layerCount {
            let layer = weights.layer(index)
            let attended = try b.selfAttention(b.normalize(x, norm(layer, "attn_norm")), layer, attention, rotation)
            x = try b.add(x, attended)
            let h = try b.normalize(x, norm(layer, "ffn_norm"))
            let fed =
                if let experts {
                    try b.mixtureOfExperts(h, layer, experts, .silu)
                } else {
                    try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
                }
            x = try b.add(x, fed)
        }
        return try b.languageHead(x, weights, norm(weights, "output_norm"))
    }
}

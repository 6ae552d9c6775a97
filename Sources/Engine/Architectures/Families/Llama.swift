import Compute

/// Llama 1 to 3, Mistral, Mixtral, SmolLM, Code Llama and the many models that share their block.
enum Llama: ModelArchitecture {
    static let names = ["llama"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: attention.headWidth).rotation(isInterleaved: true)
        let experts = try ExpertShape(model, normalizesShares: true)
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        var x = try b.embedTokens(model, weights)
        for index in 0..<model.layerCount {
            let layer = weights.layer(index)
            let attended = try b.selfAttention(
                b.normalize(x, model.normalization(layer, "attn_norm")), layer, attention, rotation)
            x = try b.add(x, attended)
            let h = try b.normalize(x, model.normalization(layer, "ffn_norm"))
            let fed =
                if let experts {
                    try b.mixtureOfExperts(h, layer, experts, .silu)
                } else {
                    try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
                }
            x = try b.add(x, fed)
        }
        return try b.languageHead(x, weights, model.normalization(weights, "output_norm"))
    }
}

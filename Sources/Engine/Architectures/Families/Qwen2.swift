import Compute

/// Qwen 2 and 2.5: Llama's block with biases on queries, keys and values, and NeoX rotary order.
enum Qwen2: ModelArchitecture {
    static let names = ["qwen2"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: attention.headWidth).rotation(isInterleaved: false)
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        var x = try b.embedTokens(model, weights)
        for index in 0..<model.layerCount {
            let layer = weights.layer(index)
            let attended = try b.selfAttention(
                b.normalize(x, model.normalization(layer, "attn_norm")), layer, attention, rotation, bias: .required)
            x = try b.add(x, attended)
            let h = try b.normalize(x, model.normalization(layer, "ffn_norm"))
            x = try b.add(x, b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu))
        }
        return try b.languageHead(x, weights, model.normalization(weights, "output_norm"))
    }
}

import Compute

/// Falcon: attention and feed-forward side by side, by one normalization (7B) or one each (40B, 180B); all query heads of a
/// group share a key/value head.
enum Falcon: ModelArchitecture {
    static let models = [
        ModelListing("falcon", "Falcon 7B, 40B, 180B", library: ["falcon"], goldens: ["falcon", "falcon-40b"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights)
        let x = try b.layers(embedded, model, weights) { (b, x, layer, _) throws(ComputeError) in
            let normalized = try b.normalize(x, model.layerNorm(layer, "attn_norm"))
            let attentionInput =
                layer.has("attn_norm_2") ? try b.normalize(x, model.layerNorm(layer, "attn_norm_2")) : normalized
            let attended = try b.add(x, b.selfAttention(attentionInput, layer, attention))
            return try b.add(attended, b.feedForward(normalized, layer, hiddenWidth: hiddenWidth, .gelu))
        }
        return try b.languageHead(x, weights, model.layerNorm(weights, "output_norm"))
    }
}

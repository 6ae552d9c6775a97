import Compute

/// OLMo 2 and 3: normalizations behind attention and feed-forward networks instead of ahead of them, and over whole rows of
/// queries and keys. OLMo 3 has windowed layers, whose rotation is not scaled to the long context.
enum Olmo2: ModelArchitecture {
    static let models = [
        ModelListing("olmo2", "OLMo 2 and 3", library: ["olmo2", "olmo-3"], goldens: ["olmo2", "olmo3"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        let rotation = rope.rotation(isInterleaved: false)
        let windowedRotation = try rope.ofWindowedLayers(model, base: rope.base).rotation(isInterleaved: false)
        let masks = try model.masks(period: 4)
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights)
        let x = try b.layers(embedded, model, weights) { (b, x, layer, index) throws(ComputeError) in
            let mask = masks[index]
            var attention = SelfAttention(shape, mask == .causal ? rotation : windowedRotation).masked(by: mask)
            attention.queryNorm = try model.rmsNorm(layer, "attn_q_norm", width: shape.queryRow)
            attention.keyNorm = try model.rmsNorm(layer, "attn_k_norm", width: shape.keyRow)
            let attended = try b.selfAttention(x, layer, attention)
            let x = try b.add(x, b.normalize(attended, model.rmsNorm(layer, "post_attention_norm")))
            let fed = try b.gatedFeedForward(x, layer, hiddenWidth: hiddenWidth, .silu)
            return try b.add(x, b.normalize(fed, model.rmsNorm(layer, "post_ffw_norm")))
        }
        return try b.languageHead(x, weights, model.rmsNorm(weights, "output_norm"))
    }
}

import Compute

/// Gemma 2: Gemma's block with normalizations behind attention and feed-forward networks too, a window in every other layer,
/// and soft caps on scores and logits.
enum Gemma2: ModelArchitecture {
    static let models = [
        ModelListing("gemma2", "Gemma 2", library: ["gemma2", "shieldgemma"], goldens: ["gemma2"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape.gemma(model, largestLayerCount: 46)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        var attention = SelfAttention(shape, rotation)
        attention.softcap = Float(try model.number("attn_logit_softcapping", default: 50))
        let masks = try model.masks(window: 4096, period: 2)
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame()
        frame.embeddingScale = Float(model.embeddingWidth).squareRoot()
        frame.hasPostNorms = true
        frame.logitSoftcap = Float(try model.number("final_logit_softcapping", default: 30))

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, index) throws(ComputeError) in
            try b.selfAttention(h, layer, attention.masked(by: masks[index]))
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
    }
}

extension AttentionShape {
    /// The heads of Gemma 2 or 3. The largest model of each, of 27 billion parameters, scales scores by the embedding's share
    /// of a head instead of by the head's width; nothing but its number of layers tells it.
    static func gemma(_ model: Hyperparameters, largestLayerCount: Int) throws(ComputeError) -> AttentionShape {
        var shape = try AttentionShape(model)
        if model.layerCount == largestLayerCount {
            shape.scale = 1 / Float(max(1, model.embeddingWidth / shape.heads)).squareRoot()
        }
        return shape
    }
}

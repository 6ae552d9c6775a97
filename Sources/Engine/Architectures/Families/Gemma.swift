import Compute

/// Gemma 1: Llama's block with scaled embeddings, GELU in the gate and NeoX rotary order. Files have added 1 to the weights
/// of normalizations, as the model does.
enum Gemma: ModelArchitecture {
    static let models = [
        ModelListing("gemma", "Gemma 1, CodeGemma", library: ["gemma", "codegemma"], goldens: ["gemma"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame()
        frame.embeddingScale = Float(model.embeddingWidth).squareRoot()

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
    }
}

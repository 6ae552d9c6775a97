import Compute

/// Arcee's foundation models: Llama's block with a feed-forward network without a gate, bent by the square of ReLU.
enum Arcee: ModelArchitecture {
    static let models = [ModelListing("arcee", "Arcee AFM", goldens: ["arcee"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.feedForward(h, layer, hiddenWidth: hiddenWidth, .reluSquared)
        }
    }
}

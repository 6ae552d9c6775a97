import Compute

/// Phi-1, 1.5 and 2: attention and feed-forward side by side, heads rotated in part, and biases everywhere.
enum Phi2: ModelArchitecture {
    static let models = [
        ModelListing("phi2", "Phi-1, Phi-1.5, Phi-2", library: ["phi", "dolphin-phi"], goldens: ["phi2"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.parallelDecoder(model, weights, DecoderFrame(norm: .layer(bias: .required))) {
            (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.feedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
    }
}

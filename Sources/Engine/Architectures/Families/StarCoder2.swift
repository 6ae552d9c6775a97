import Compute

/// StarCoder 2: grouped heads and rotation as in Llama, with layer normalizations, biases everywhere, and a feed-forward
/// network without a gate.
enum StarCoder2: ModelArchitecture {
    static let models = [
        ModelListing("starcoder2", "StarCoder 2", library: ["starcoder2", "dolphincoder"], goldens: ["starcoder2"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let attention = SelfAttention(shape, rotation)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights, DecoderFrame(norm: .layer(bias: .required))) {
            (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.feedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
    }
}

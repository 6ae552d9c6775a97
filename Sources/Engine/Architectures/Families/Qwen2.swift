import Compute

/// Qwen 2 and 2.5: Llama's block with biases on queries, keys and values, and NeoX rotary order.
enum Qwen2: ModelArchitecture {
    static let models = [
        ModelListing(
            "qwen2", "Qwen 1.5, 2 and 2.5, QwQ, DeepSeek R1's distillates of Qwen",
            library: ["qwen", "qwen2", "qwen2.5", "qwen2.5-coder", "qwq"], goldens: ["qwen2"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        return try program(model, weights, shape, rotation)
    }

    /// The same with the rotation of another family.
    static func program(
        _ model: Hyperparameters, _ weights: WeightDirectory, _ shape: AttentionShape, _ rotation: Rotation
    ) throws(ComputeError) -> Program {
        var attention = SelfAttention(shape, rotation)
        attention.bias = .required
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

import Compute

/// Command-R: attention and feed-forward side by side by one normalization without a bias, and scaled logits.
enum CommandR: ModelArchitecture {
    static let models = [
        ModelListing(
            "command-r", "Command-R, Command-R+, Aya 23", library: ["command-r", "command-r-plus", "aya"],
            goldens: ["command-r", "command-r-plus"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let hiddenWidth = try model.count("feed_forward_length")

        var frame = DecoderFrame(norm: .layer(bias: .none))
        frame.logitScale = Float(try model.number("logit_scale", default: 1))

        return try ProgramBuilder.parallelDecoder(model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            var attention = SelfAttention(shape, rotation)
            // The large models, such as Command-R+.
            if model.layerCount >= 64 || layer.has("attn_q_norm") {
                attention.queryNorm = try headNorm(model, layer, "attn_q_norm", [shape.keyWidth, shape.heads])
                attention.keyNorm = try headNorm(model, layer, "attn_k_norm", [shape.keyWidth, shape.kvHeads])
            }
            return try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }

    /// Each head has weights of its own.
    private static func headNorm(
        _ model: Hyperparameters, _ weights: WeightDirectory, _ name: String, _ dimensions: [Int]
    ) throws(ComputeError) -> Normalization {
        Normalization(
            .layer, weight: try weights.tensor(name, dimensions),
            epsilon: Float(try model.requiredNumber("attention.layer_norm_epsilon")), groups: dimensions[1])
    }
}

import Compute

/// Qwen 3, dense and as a mixture of experts: Llama's block with normalized query and key heads, and NeoX rotary order.
enum Qwen3: ModelArchitecture {
    static let models = [
        ModelListing("qwen3", "Qwen 3, dense", library: ["qwen3"], goldens: ["qwen3"]),
        ModelListing(
            "qwen3moe", "Qwen 3, mixture of experts", library: ["qwen3", "qwen3-coder"], goldens: ["qwen3moe"]),
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
        let attention = SelfAttention(shape, rotation)
        let experts = try ExpertShape(model, normalizesShares: true)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention.normalizingHeads(model, layer))
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            if let experts { return try b.mixtureOfExperts(h, layer, experts, .activation(.silu)) }
            return try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

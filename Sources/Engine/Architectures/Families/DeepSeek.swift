import Compute

/// DeepSeek's first mixture of experts: Llama's block with dense layers first, then experts beside shared ones.
enum DeepSeek: ModelArchitecture {
    static let models = [
        ModelListing("deepseek", "DeepSeek MoE 16B, the first mixture", goldens: ["deepseek"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let attention = SelfAttention(shape, rotation)

        return try ProgramBuilder.preNormDecoder(
            model, weights,
            attention: { (b, h, layer, _) throws(ComputeError) in try b.selfAttention(h, layer, attention) },
            feedForward: feedForward(model))
    }

    /// Dense in the first layers, then a mixture of experts; in V2 and V3 too.
    static func feedForward(_ model: Hyperparameters) throws(ComputeError) -> Layer {
        let denseLayers = try model.count("leading_dense_block_count", in: 0...model.layerCount, default: 0)
        let hiddenWidth = try model.count("feed_forward_length")
        let experts = try ExpertShape(model, normalizesShares: false)
        return { (b, h, layer, index) throws(ComputeError) in
            if let experts, index >= denseLayers {
                return try b.mixtureOfExperts(h, layer, experts, .activation(.silu))
            }
            return try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

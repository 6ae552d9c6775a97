import Compute

/// Qwen 2 and 2.5: Llama's block with biases on queries, keys and values, and NeoX rotary order.
enum Qwen2: ModelArchitecture {
    static let names = ["qwen2"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: attention.headWidth).rotation(isInterleaved: false)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer) throws(ComputeError) in
            try b.selfAttention(h, layer, attention, rotation, bias: .required)
        } feedForward: { (b, h, layer) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

import Compute

/// OpenAI's gpt-oss: attention with sinks, in a window in every other layer, and experts with biases and a clamped SwiGLU.
enum GPTOSS: ModelArchitecture {
    static let models = [
        ModelListing("gpt-oss", "gpt-oss 20B and 120B", library: ["gpt-oss"], goldens: ["gpt-oss"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        let masks = try model.masks(window: model.count("attention.sliding_window"), period: 2)
        guard let experts = try ExpertShape(model, score: .softmaxOfChosen, normalizesShares: false) else {
            throw model.invalid("expert_count", "models without experts are not supported in this family")
        }
        var frame = DecoderFrame()
        frame.feedForwardNorm = "post_attention_norm"

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, index) throws(ComputeError) in
            var attention = SelfAttention(shape, rotation)
            attention.bias = .required
            attention.mask = masks[index]
            attention.sinks = try layer.vector("attn_sinks", width: shape.heads)
            return try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.mixtureOfExperts(h, layer, experts, .clampedSwiGLU(alpha: 1.702, limit: 7))
        }
    }
}

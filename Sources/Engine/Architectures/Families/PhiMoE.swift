import Compute

/// Phi-3.5-MoE: layer normalizations, biases of attention, and two experts that are weighed each by itself.
///
/// llama.cpp computes another function from the same files: RMS normalizations, and softmax over the two. A sliding window is
/// not applied: that of the published model is as long as its context.
enum PhiMoE: ModelArchitecture {
    static let models = [ModelListing("phimoe", "Phi-3.5-MoE", goldens: ["phimoe"])]
    /// `router_jitter_noise` of the published model; files do not have it.
    private static let jitter: Float = 0.01

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        var attention = SelfAttention(shape, rotation)
        attention.bias = .required
        guard let experts = try ExpertShape(model, score: .sparseMixer(jitter: jitter), normalizesShares: false) else {
            throw model.invalid("expert_count", "models without experts are not supported in this family")
        }
        let frame = DecoderFrame(norm: .layer(bias: .required))

        return try ProgramBuilder.preNormDecoder(model, weights, frame) {
            [attention] (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.mixtureOfExperts(h, layer, experts, .activation(.silu))
        }
    }
}

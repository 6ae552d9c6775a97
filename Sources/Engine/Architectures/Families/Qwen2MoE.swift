import Compute

/// Qwen 1.5 and Qwen 2 with experts: the attention of `Qwen2`, and a shared expert behind a gate beside those that are chosen.
enum Qwen2MoE: ModelArchitecture {
    static let models = [
        ModelListing("qwen2moe", "Qwen 1.5 and 2, mixture of experts", goldens: ["qwen2moe"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        var attention = SelfAttention(shape, rotation)
        attention.bias = .required
        guard var experts = try ExpertShape(model, normalizesShares: false) else {
            throw model.invalid("expert_count", "models without experts are not supported in this family")
        }
        // Files of early 2024 tell one width: of the shared expert, and of all chosen ones together.
        let used = experts.rule.usedCount
        let whole = try model.count("feed_forward_length", in: used...Hyperparameters.largestCount)
        if !model.has("expert_feed_forward_length") { experts.hiddenWidth = whole / used }
        if !model.has("expert_shared_feed_forward_length") { experts.sharedWidth = whole }
        experts.hasSharedGate = true

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { [experts] (b, h, layer, _) throws(ComputeError) in
            try b.mixtureOfExperts(h, layer, experts, .activation(.silu))
        }
    }
}

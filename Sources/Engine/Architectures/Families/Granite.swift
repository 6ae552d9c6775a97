import Compute

/// IBM's Granite 3 and later, dense or with experts: Llama's block with a scale at each place where rows are added or compared.
enum Granite: ModelArchitecture {
    static let models = [
        ModelListing(
            "granite", "Granite 3, dense", library: ["granite3-dense", "granite3.1-dense", "granite3.3"],
            goldens: ["granite"]),
        ModelListing(
            "granitemoe", "Granite 3, mixture of experts", library: ["granite3-moe", "granite3.1-moe"],
            goldens: ["granitemoe"]),
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = try attention(model, weights, AttentionShape(model))
        return try ProgramBuilder.preNormDecoder(
            model, weights, frame(model),
            attention: { (b, h, layer, _) throws(ComputeError) in try b.selfAttention(h, layer, attention) },
            feedForward: feedForward(model))
    }

    /// The scales, but for that of scores.
    static func frame(_ model: Hyperparameters) throws(ComputeError) -> DecoderFrame {
        var frame = DecoderFrame()
        frame.embeddingScale = Float(try model.numberUnlessZero("embedding_scale") ?? 1)
        frame.residualScale = Float(try model.numberUnlessZero("residual_scale") ?? 1)
        frame.logitScale = Float(1 / (try model.requiredNumber("logit_scale")))
        return frame
    }

    static func attention(
        _ model: Hyperparameters, _ weights: WeightDirectory, _ shape: AttentionShape
    ) throws(ComputeError) -> SelfAttention {
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        // Models that tell positions by the mask alone say so by this key.
        let isRotated = try model.flag("rope.scaling.finetuned", default: true)
        return SelfAttention(shape, isRotated ? rope.rotation(isInterleaved: true) : nil)
    }

    /// Experts, beside a shared one in some models, or a dense network where there are none.
    static func feedForward(_ model: Hyperparameters) throws(ComputeError) -> Layer {
        let experts = try ExpertShape(model, normalizesShares: true)
        let hiddenWidth = try model.count("feed_forward_length")
        return { (b, h, layer, _) throws(ComputeError) in
            if let experts { return try b.mixtureOfExperts(h, layer, experts, .activation(.silu)) }
            return try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

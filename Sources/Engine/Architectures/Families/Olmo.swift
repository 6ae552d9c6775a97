import Compute

/// OLMo 1: Llama's block with layer normalizations that have no weights, and queries, keys and values that may be clamped.
enum Olmo: ModelArchitecture {
    static let models = [ModelListing("olmo", "OLMo", goldens: ["olmo", "olmo-clamped"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        var attention = SelfAttention(shape, rotation)
        attention.clamp = try model.numberUnlessZero("attention.clamp_kqv").map { Float($0) }
        let hiddenWidth = try model.count("feed_forward_length")
        let norm = Normalization(
            .layer, weight: nil, epsilon: Float(try model.requiredNumber("attention.layer_norm_epsilon")))

        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights)
        let x = try b.layers(embedded, model, weights) { (b, x, layer, _) throws(ComputeError) in
            let x = try b.add(x, b.selfAttention(b.normalize(x, norm), layer, attention))
            return try b.add(x, b.gatedFeedForward(b.normalize(x, norm), layer, hiddenWidth: hiddenWidth, .silu))
        }
        return try b.languageHead(x, weights, norm)
    }
}

import Compute

/// GPT-2: learned positions instead of a rotation.
enum GPT2: ModelArchitecture {
    static let models = [ModelListing("gpt2", "GPT-2", goldens: ["gpt2"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let attention = SelfAttention(try AttentionShape(model), nil)
        let hiddenWidth = try model.count("feed_forward_length")
        let frame = DecoderFrame(norm: .layer(bias: .required))

        var b = ProgramBuilder()
        let embedded = try b.addPositions(b.embedTokens(model, weights), model, weights)
        let x = try b.preNormLayers(embedded, model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.feedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
        return try b.languageHead(x, model, weights, frame)
    }
}

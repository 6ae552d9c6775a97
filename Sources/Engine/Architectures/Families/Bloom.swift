import Compute

/// BLOOM: positions are told by ALiBi, and embeddings are normalized.
enum Bloom: ModelArchitecture {
    static let models = [ModelListing("bloom", "BLOOM", goldens: ["bloom", "bloom-small"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        var attention = SelfAttention(shape, nil)
        attention.slopes = alibiSlopes(heads: shape.heads)
        let hiddenWidth = try model.count("feed_forward_length")
        let frame = DecoderFrame(norm: .layer(bias: .required))

        var b = ProgramBuilder()
        let embedded = try b.normalize(b.embedTokens(model, weights), model.layerNorm(weights, "token_embd_norm"))
        let x = try b.preNormLayers(embedded, model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.feedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
        return try b.languageHead(x, model, weights, frame)
    }
}

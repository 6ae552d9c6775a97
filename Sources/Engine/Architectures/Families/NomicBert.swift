import Compute

/// nomic-embed-text: BERT with rotated heads and gated feed-forward networks.
enum NomicBert: ModelArchitecture {
    static let models = [
        ModelListing("nomic-bert", "nomic-embed-text", library: ["nomic-embed-text"], goldens: ["nomic-bert"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: false)
        var attention = SelfAttention(shape, rotation)
        attention.mask = try model.encoderMask()
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        let embedded = try b.embedText(model, weights)
        let x = try b.encoderLayers(embedded, model, weights) { (b, x, layer, _) throws(ComputeError) in
            try b.selfAttention(x, layer, attention)
        } feedForward: { (b, x, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(x, layer, hiddenWidth: hiddenWidth, .silu)
        }
        return try b.encoderHead(x, model, weights)
    }
}

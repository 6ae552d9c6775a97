import Compute

/// IBM's Granite 3 and later, dense: Llama's block with a scale at each place where rows are added or compared.
enum Granite: ModelArchitecture {
    static let names = ["granite"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        // Models that tell positions by the mask alone say so by this key.
        let isRotated = try model.flag("rope.scaling.finetuned", default: true)
        let attention = SelfAttention(shape, isRotated ? rope.rotation(isInterleaved: true) : nil)
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame()
        frame.embeddingScale = Float(try model.numberUnlessZero("embedding_scale") ?? 1)
        frame.residualScale = Float(try model.numberUnlessZero("residual_scale") ?? 1)
        frame.logitScale = Float(1 / (try model.requiredNumber("logit_scale")))

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

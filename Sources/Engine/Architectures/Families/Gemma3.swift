import Compute

/// Gemma 3: Gemma 2's block with normalized query and key heads instead of a soft cap on scores, and five windowed layers to
/// each that sees everything. Windowed layers rotate with a base of their own and are not scaled to the long context.
enum Gemma3: ModelArchitecture {
    static let models = [
        ModelListing("gemma3", "Gemma 3", library: ["gemma3"], goldens: ["gemma3"], missing: "images")
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape.gemma(model, largestLayerCount: 62)
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        let rotation = rope.rotation(isInterleaved: false)
        let windowedRotation = try rope.ofWindowedLayers(model, base: 10_000).rotation(isInterleaved: false)
        let masks = try model.masks(period: 6)
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame()
        frame.embeddingScale = Float(model.embeddingWidth).squareRoot()
        frame.hasPostNorms = true
        frame.logitSoftcap = try model.numberUnlessZero("final_logit_softcapping").map { Float($0) }

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, index) throws(ComputeError) in
            let mask = masks[index]
            let attention = SelfAttention(shape, mask == .causal ? rotation : windowedRotation).masked(by: mask)
            return try b.selfAttention(h, layer, attention.normalizingHeads(model, layer))
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .geluTanh)
        }
    }
}

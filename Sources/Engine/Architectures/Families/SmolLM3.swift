import Compute

/// SmolLM 3: Llama's block, of which every fourth layer tells positions by nothing but its mask.
enum SmolLM3: ModelArchitecture {
    static let models = [ModelListing("smollm3", "SmolLM 3", goldens: ["smollm3"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let hiddenWidth = try model.count("feed_forward_length")
        // No file has a key for it.
        let period = 4

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, index) throws(ComputeError) in
            let isRotated = (index + 1) % period != 0
            return try b.selfAttention(h, layer, SelfAttention(shape, isRotated ? rotation : nil))
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

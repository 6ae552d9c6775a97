import Compute

/// Llama 1 to 3, Mistral, Mixtral, Ministral, SmolLM, Code Llama and the many models that share their block.
enum Llama: ModelArchitecture {
    static let names = ["llama", "mistral3"]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        var attention = SelfAttention(shape, rotation)
        attention.temperature = try AttentionTemperature(model)
        let experts = try ExpertShape(model, normalizesShares: true)
        let hiddenWidth = try model.count("feed_forward_length")

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            if let experts { return try b.mixtureOfExperts(h, layer, experts, .activation(.silu)) }
            return try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

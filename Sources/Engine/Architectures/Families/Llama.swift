import Compute

/// Llama 1 to 3, Mistral, Mixtral, Ministral, SmolLM, Code Llama and the many models that share their block.
enum Llama: ModelArchitecture {
    static let models = [
        ModelListing(
            "llama", "Llama 1 to 3.3, Code Llama, DeepSeek LLM and Coder, SmolLM and many others",
            library: [
                "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "codellama", "deepseek-llm", "deepseek-coder",
                "smollm", "smollm2", "tinyllama", "yi", "vicuna",
            ],
            goldens: ["llama", "llama-yarn"]),
        ModelListing("llama", "Mistral", library: ["mistral", "mistral-nemo", "mistral-small"], goldens: ["mistral"]),
        ModelListing("llama", "Mixtral", library: ["mixtral", "dolphin-mixtral"], goldens: ["mixtral"]),
        ModelListing("mistral3", "Ministral 3", library: ["ministral-3"], goldens: ["ministral3"], missing: "images"),
    ]

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

import Compute

/// DeepSeek V2, V2-Lite, V3 and R1: the layers of `DeepSeek` with latent attention.
enum DeepSeek2: ModelArchitecture {
    static let models = [
        ModelListing(
            "deepseek2", "DeepSeek V2, Coder V2, V3, R1",
            library: ["deepseek-v2", "deepseek-coder-v2", "deepseek-v2.5", "deepseek-v3", "deepseek-r1"],
            goldens: ["deepseek2", "deepseek2-yarn", "deepseek2-lite"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        guard try model.count("nextn_predict_layers", in: 0...model.layerCount, default: 0) == 0 else {
            throw model.invalid("nextn_predict_layers", "layers that draft tokens (MTP) are not supported")
        }
        guard !model.has("attention.temperature_scale") else {
            throw model.invalid("attention.temperature_scale", "scores that depend on the position are not supported")
        }
        let attention = try LatentAttention(model, weights)

        return try ProgramBuilder.preNormDecoder(
            model, weights,
            attention: { (b, h, layer, _) throws(ComputeError) in try b.latentAttention(h, model, layer, attention) },
            feedForward: DeepSeek.feedForward(model))
    }
}

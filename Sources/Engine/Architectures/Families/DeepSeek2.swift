import Compute

/// DeepSeek V2, V2-Lite, V3 and R1: the layers of `DeepSeek` with latent attention.
enum DeepSeek2: ModelArchitecture {
    static let names = ["deepseek2"]

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

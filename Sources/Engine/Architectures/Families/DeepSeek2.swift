import Compute

/// DeepSeek V2, V2-Lite, V3 and R1: latent attention, dense layers first, then experts of which one is shared by all rows.
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
        let denseLayers = try model.count("leading_dense_block_count", in: 0...model.layerCount, default: 0)
        let hiddenWidth = try model.count("feed_forward_length")
        let experts = try ExpertShape(model, normalizesShares: false)

        return try ProgramBuilder.preNormDecoder(model, weights) { (b, h, layer, _) throws(ComputeError) in
            try b.latentAttention(h, model, layer, attention)
        } feedForward: { (b, h, layer, index) throws(ComputeError) in
            if let experts, index >= denseLayers {
                return try b.mixtureOfExperts(h, layer, experts, .activation(.silu))
            }
            return try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}

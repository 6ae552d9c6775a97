import Compute

/// IBM's Granite 4: layers of `Granite` of which most have a Mamba 2 mixer in the place of attention.
enum GraniteHybrid: ModelArchitecture {
    static let models = [
        ModelListing("granitehybrid", "Granite 4", library: ["granite4"], goldens: ["granitehybrid"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let mixer = try Mamba2Shape(model)
        let heads = try model.count("attention.head_count")
        // Layers without key/value heads are those with a mixer.
        var attentions: [SelfAttention?] = []
        for kvHeads in try model.perLayer("attention.head_count_kv", in: 0...Hyperparameters.largestCount) {
            guard kvHeads > 0 else {
                attentions.append(nil)
                continue
            }
            let shape = try AttentionShape(model, heads: heads, kvHeads: kvHeads)
            attentions.append(try Granite.attention(model, weights, shape))
        }

        return try ProgramBuilder.preNormDecoder(
            model, weights, Granite.frame(model),
            attention: { [attentions] (b, h, layer, index) throws(ComputeError) in
                if let attention = attentions[index] { return try b.selfAttention(h, layer, attention) }
                return try b.mamba2Mixer(h, model, layer, mixer)
            },
            feedForward: Granite.feedForward(model))
    }
}

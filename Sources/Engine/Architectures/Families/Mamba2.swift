import Compute

/// Mamba 2 and Codestral Mamba: a state space model without attention; a layer is one mixer.
enum Mamba2: ModelArchitecture {
    static let models = [ModelListing("mamba2", "Mamba 2", goldens: ["mamba2"])]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try Mamba2Shape(model)

        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights)
        let x = try b.layers(embedded, model, weights) { (b, x, layer, _) throws(ComputeError) in
            let mixed = try b.mamba2Mixer(b.normalize(x, model.rmsNorm(layer, "attn_norm")), model, layer, shape)
            return try b.add(x, mixed)
        }
        return try b.languageHead(x, weights, model.rmsNorm(weights, "output_norm"))
    }
}

package import Compute

extension ProgramBuilder {
    /// One side of a residual layer: what is added to the rows, of their normalization and the layer's weights.
    package typealias Branch = (
        _ b: inout ProgramBuilder, _ normalized: Value, _ layer: WeightDirectory
    ) throws(ComputeError) -> Value

    /// A whole language model whose layers are x + attention(norm(x)), then x + feedForward(norm(x)).
    package static func preNormDecoder(
        _ model: Hyperparameters, _ weights: WeightDirectory, attention: Branch, feedForward: Branch
    ) throws(ComputeError) -> Program {
        var b = ProgramBuilder()
        var x = try b.embedTokens(model, weights)
        for index in 0..<model.layerCount {
            let layer = weights.layer(index)
            x = try b.add(x, attention(&b, b.normalize(x, model.normalization(layer, "attn_norm")), layer))
            x = try b.add(x, feedForward(&b, b.normalize(x, model.normalization(layer, "ffn_norm")), layer))
        }
        return try b.languageHead(x, weights, model.normalization(weights, "output_norm"))
    }
}

package import Compute

extension ProgramBuilder {
    /// Causal self-attention with rotary positions and grouped heads; `weights` are a layer's, the result is as wide as
    /// `input`.
    package mutating func selfAttention(
        _ input: Value, _ weights: WeightDirectory, _ shape: AttentionShape, _ rotation: Rotation,
        bias: WeightDirectory.Bias = .optional
    ) throws(ComputeError) -> Value {
        let width = input.width
        let query = try linear(
            input, weights.projection("attn_q", from: width, to: shape.queryWidth, bias: bias))
        let key = try linear(input, weights.projection("attn_k", from: width, to: shape.keyWidth, bias: bias))
        let value = try linear(input, weights.projection("attn_v", from: width, to: shape.keyWidth, bias: bias))
        let attended = try attend(
            query: rotate(query, rotation, heads: shape.heads), key: rotate(key, rotation, heads: shape.kvHeads),
            value: value, heads: shape.heads, kvHeads: shape.kvHeads, headWidth: shape.headWidth, scale: shape.scale)
        return try linear(attended, weights.projection("attn_output", from: shape.queryWidth, to: width))
    }
}

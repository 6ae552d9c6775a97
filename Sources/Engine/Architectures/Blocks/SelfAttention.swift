package import Compute
import Tensors

/// The heads of self-attention in a layer.
package struct AttentionShape: Hashable, Sendable {
    package let heads: Int
    /// Key/value heads; `heads / kvHeads` query heads share one.
    package let kvHeads: Int
    package let keyWidth: Int
    package let valueWidth: Int
    /// Multiplies query · key.
    package var scale: Float

    /// Tables are made of these sizes before any weight confirms them.
    static let widestHead = 16_384
    private static let mostHeads = 65_536

    /// The same in every layer.
    package init(_ model: Hyperparameters) throws(ComputeError) {
        let heads = try model.count("attention.head_count")
        try self.init(model, heads: heads, kvHeads: model.count("attention.head_count_kv", default: heads))
    }

    /// Each layer's own numbers of heads.
    package static func perLayer(_ model: Hyperparameters) throws(ComputeError) -> [AttentionShape] {
        let heads = try model.perLayer("attention.head_count")
        let kvHeads =
            model.has("attention.head_count_kv") ? try model.perLayer("attention.head_count_kv") : heads
        var shapes: [AttentionShape] = []
        for (heads, kvHeads) in zip(heads, kvHeads) {
            shapes.append(try AttentionShape(model, heads: heads, kvHeads: kvHeads))
        }
        return shapes
    }

    package init(_ model: Hyperparameters, heads: Int, kvHeads: Int) throws(ComputeError) {
        self.heads = heads
        self.kvHeads = kvHeads
        guard heads <= Self.mostHeads else {
            throw model.invalid("attention.head_count", "\(heads) is above \(Self.mostHeads)")
        }
        guard heads % kvHeads == 0 else {
            throw model.invalid("attention.head_count_kv", "\(heads) heads cannot share \(kvHeads) key/value heads")
        }
        let declaredWidth = try model.optionalCount("attention.key_length")
        guard declaredWidth != nil || model.embeddingWidth % heads == 0 else {
            throw model.invalid(
                "attention.head_count", "\(heads) heads do not divide a width of \(model.embeddingWidth)")
        }
        keyWidth = declaredWidth ?? model.embeddingWidth / heads
        valueWidth = try model.count("attention.value_length", default: keyWidth)
        for (key, width) in [("attention.key_length", keyWidth), ("attention.value_length", valueWidth)]
        where width > Self.widestHead {
            throw model.invalid(key, "heads of \(width) are wider than \(Self.widestHead)")
        }
        scale = Float(try model.number("attention.scale", default: 1 / Double(keyWidth).squareRoot()))
    }

    /// Widths of rows of queries, keys, values, and of what attention gives.
    package var queryRow: Int { heads * keyWidth }
    package var keyRow: Int { kvHeads * keyWidth }
    package var valueRow: Int { kvHeads * valueWidth }
    package var outputRow: Int { heads * valueWidth }
}

extension Hyperparameters {
    /// What each layer attends to: `attention.sliding_window` positions, or all in the layers that
    /// `attention.sliding_window_pattern` excepts.
    /// - Parameters:
    ///   - window: where the file has none; 0 for all positions in every layer.
    ///   - period: where the file has no pattern, every so many layers one attends to all positions.
    package func masks(window: Int = 0, period: Int) throws(ComputeError) -> [Mask] {
        let window = try count("attention.sliding_window", in: 0...Self.largestCount, default: window)
        guard window > 0 else { return Array(repeating: .causal, count: layerCount) }
        return try pattern("attention.sliding_window_pattern", period: period).map { $0 ? .window(window) : .causal }
    }
}

extension AttentionTemperature {
    /// That of models whose scores are scaled by the logarithm of how often a position has the original context before it.
    package init?(_ model: Hyperparameters) throws(ComputeError) {
        guard let strength = try model.numberUnlessZero("attention.temperature_scale") else { return nil }
        self.init(
            strength: Float(strength),
            interval: try model.count("rope.scaling.original_context_length", default: model.contextLength))
    }
}

/// What families vary in self-attention.
package struct SelfAttention {
    package var shape: AttentionShape
    /// Nil where positions are told in another way, or not at all.
    package var rotation: Rotation?
    package var mask = Mask.causal
    /// Of queries, keys and values.
    package var bias = WeightDirectory.Bias.optional
    /// Applied to queries and keys before they are rotated; of the whole row or of each head.
    package var queryNorm: Normalization?
    package var keyNorm: Normalization?
    /// Queries, keys and values are kept between ± this.
    package var clamp: Float?
    package var temperature: AttentionTemperature?
    package var softcap: Float?
    package var sinks: Weight?
    package var slopes: [Float]?

    package init(_ shape: AttentionShape, _ rotation: Rotation?) {
        self.shape = shape
        self.rotation = rotation
    }

    /// The same with the normalizations of each query and key head that a layer has: `attn_q_norm` and `attn_k_norm`.
    package func normalizingHeads(
        _ model: Hyperparameters, _ layer: WeightDirectory
    ) throws(ComputeError) -> SelfAttention {
        var result = self
        result.queryNorm = try model.rmsNorm(layer, "attn_q_norm", width: shape.keyWidth, groups: shape.heads)
        result.keyNorm = try model.rmsNorm(layer, "attn_k_norm", width: shape.keyWidth, groups: shape.kvHeads)
        return result
    }

    /// The same of a layer that attends to other positions.
    package func masked(by mask: Mask) -> SelfAttention {
        var result = self
        result.mask = mask
        return result
    }
}

extension ProgramBuilder {
    /// Self-attention with grouped heads; `weights` are a layer's, the result is as wide as `input`. Queries, keys and values
    /// come from `attn_q`, `attn_k` and `attn_v`, or from one `attn_qkv`.
    package mutating func selfAttention(
        _ input: Value, _ weights: WeightDirectory, _ attention: SelfAttention
    ) throws(ComputeError) -> Value {
        let shape = attention.shape
        var (query, key, value) = try project(input, weights, attention)
        if let norm = attention.queryNorm { query = try normalize(query, norm) }
        if let norm = attention.keyNorm { key = try normalize(key, norm) }
        let layer = try store(
            key: rotate(key, attention.rotation, heads: shape.kvHeads), value: value, heads: shape.kvHeads,
            policy: attention.mask.policy)
        let attended = try attend(
            rotate(query, attention.rotation, heads: shape.heads), layer, heads: shape.heads, scale: shape.scale,
            temperature: attention.temperature, mask: attention.mask, softcap: attention.softcap,
            sinks: attention.sinks, slopes: attention.slopes)
        return try linear(attended, weights.projection("attn_output", from: shape.outputRow, to: input.width))
    }

    private mutating func project(
        _ input: Value, _ weights: WeightDirectory, _ attention: SelfAttention
    ) throws(ComputeError) -> (query: Value, key: Value, value: Value) {
        let shape = attention.shape
        let widths = [shape.queryRow, shape.keyRow, shape.valueRow]
        var rows: [Value] = []
        if weights.has("attn_qkv") {
            let fused = try weights.projection(
                "attn_qkv", from: input.width, to: widths.reduce(0, +), bias: attention.bias)
            for part in try fused.parts(widths) { rows.append(try linear(input, part)) }
        } else {
            for (name, width) in zip(["attn_q", "attn_k", "attn_v"], widths) {
                rows.append(
                    try linear(input, weights.projection(name, from: input.width, to: width, bias: attention.bias)))
            }
        }
        if let limit = attention.clamp { rows = rows.map { apply(.clamp(-limit...limit), $0) } }
        return (rows[0], rows[1], rows[2])
    }
}

package import Compute

/// What multi-head latent attention (MLA) is made of: keys and values of all heads come from one short row, the latent, beside
/// one rotated key that all heads share.
package struct LatentAttention: Hashable, Sendable {
    package let heads: Int
    /// Elements of a head's query and key that are not rotated.
    package let plainWidth: Int
    package let rotation: Rotation
    package let valueWidth: Int
    package let latentWidth: Int
    /// Of the queries' own latent, in the models that have one.
    package let queryLatentWidth: Int?
    /// Multiplies query · key.
    package let scale: Float

    /// Elements of a head's query that are rotated, and of the shared key.
    package var rotatedWidth: Int { 2 * rotation.frequencies.count }
    package var keyWidth: Int { plainWidth + rotatedWidth }

    package init(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) {
        heads = try model.count("attention.head_count")
        latentWidth = try model.count("attention.kv_lora_rank")
        queryLatentWidth = try model.optionalCount("attention.q_lora_rank")
        // Files that absorb matrices tell the widths of what is cached, and the heads' under other names.
        let isAbsorbed = model.has("attention.key_length_mla")
        let suffix = isAbsorbed ? "_mla" : ""
        let widths = 1...AttentionShape.widestHead
        let keyWidth = try model.count("attention.key_length\(suffix)", in: widths)
        valueWidth = try model.count("attention.value_length\(suffix)", in: widths)
        var rope = try RopeParameters(model, weights, headWidth: keyWidth)
        scale = try rope.moveMagnitudeToScores(model) / Float(keyWidth).squareRoot()
        rotation = rope.rotation(isInterleaved: true)
        plainWidth = keyWidth - rope.rotatedWidth
        guard plainWidth > 0 else {
            throw model.invalid("rope.dimension_count", "\(rope.rotatedWidth) elements of \(keyWidth) leave no others")
        }
        guard isAbsorbed else { return }
        for (key, width) in [
            ("attention.key_length", latentWidth + rope.rotatedWidth), ("attention.value_length", latentWidth),
        ] where try model.count(key, default: width) != width {
            throw model.invalid(key, "a latent of \(latentWidth) makes \(width)")
        }
    }
}

extension ProgramBuilder {
    /// Multi-head latent attention; `weights` are a layer's, the result is as wide as `input`.
    ///
    /// With `attn_k_b` and `attn_v_b` attention is computed on latents: the matrix that makes keys of them is applied to the
    /// queries, the one that makes values of them to the result. With `attn_kv_b` keys and values are made of each latent.
    package mutating func latentAttention(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory, _ attention: LatentAttention
    ) throws(ComputeError) -> Value {
        let (latentWidth, rotatedWidth) = (attention.latentWidth, attention.rotatedWidth)
        let compression = try weights.projection(
            "attn_kv_a_mqa", from: input.width, to: latentWidth + rotatedWidth
        ).parts([latentWidth, rotatedWidth])
        let query: Value
        let latent: Value
        let sharedKey: Value
        // The products of `input` stand side by side, so that a pass can merge them.
        if let queryWidth = attention.queryLatentWidth {
            let queryLatent = try linear(input, weights.projection("attn_q_a", from: input.width, to: queryWidth))
            latent = try linear(input, compression[0])
            sharedKey = try linear(input, compression[1])
            query = try linear(
                normalize(queryLatent, model.rmsNorm(weights, "attn_q_a_norm", width: queryWidth)),
                weights.projection("attn_q_b", from: queryWidth, to: attention.queryRow))
        } else {
            query = try linear(input, weights.projection("attn_q", from: input.width, to: attention.queryRow))
            latent = try linear(input, compression[0])
            sharedKey = try linear(input, compression[1])
        }
        let attended = try attend(
            query, normalize(latent, model.rmsNorm(weights, "attn_kv_a_norm", width: latentWidth)),
            rotate(sharedKey, attention.rotation, heads: 1), weights, attention)
        return try linear(attended, weights.projection("attn_output", from: attention.outputRow, to: input.width))
    }

    private mutating func attend(
        _ query: Value, _ latent: Value, _ sharedKey: Value, _ weights: WeightDirectory, _ attention: LatentAttention
    ) throws(ComputeError) -> Value {
        let (heads, plainWidth, valueWidth) = (attention.heads, attention.plainWidth, attention.valueWidth)
        let (latentWidth, rotatedWidth) = (attention.latentWidth, attention.rotatedWidth)
        let parts = try split(query, heads: heads, [plainWidth, rotatedWidth])
        let rotated = try rotate(parts[1], attention.rotation, heads: heads)

        guard weights.has("attn_k_b") else {
            let expansion = try weights.projection(
                "attn_kv_b", from: latentWidth, to: heads * (plainWidth + valueWidth))
            let expanded = try split(linear(latent, expansion), heads: heads, [plainWidth, valueWidth])
            let key = try join([expanded[0], sharedKey], heads: heads, [plainWidth, rotatedWidth])
            let layer = try store(key: key, value: expanded[1], heads: heads)
            let whole = try join([parts[0], rotated], heads: heads, [plainWidth, rotatedWidth])
            return try attend(whole, layer, heads: heads, scale: attention.scale)
        }
        let key = try join([latent, sharedKey], [latentWidth, rotatedWidth])
        let layer = try store(key: key, value: latent, heads: 1)
        let absorbed = try headLinear(parts[0], weights.tensor("attn_k_b", [plainWidth, latentWidth, heads]))
        let whole = try join([absorbed, rotated], heads: heads, [latentWidth, rotatedWidth])
        let attended = try attend(whole, layer, heads: heads, scale: attention.scale)
        return try headLinear(attended, weights.tensor("attn_v_b", [latentWidth, valueWidth, heads]))
    }
}

extension LatentAttention {
    /// Widths of rows of queries, and of what attention gives.
    fileprivate var queryRow: Int { heads * keyWidth }
    fileprivate var outputRow: Int { heads * valueWidth }
}

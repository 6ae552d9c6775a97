package import Compute

/// The heads of self-attention, the same in every layer.
package struct AttentionShape: Hashable, Sendable {
    package let heads: Int
    /// Key/value heads; `heads / kvHeads` query heads share one.
    package let kvHeads: Int
    package let headWidth: Int
    /// Multiplies query · key.
    package let scale: Float

    /// Tables are made of this width before any weight confirms it.
    private static let widestHead = 16_384

    package init(_ model: Hyperparameters) throws(ComputeError) {
        heads = try model.count("attention.head_count")
        kvHeads = try model.count("attention.head_count_kv", default: heads)
        guard heads % kvHeads == 0 else {
            throw model.invalid("attention.head_count_kv", "\(heads) heads cannot share \(kvHeads) key/value heads")
        }
        let declaredWidth = try model.optionalCount("attention.key_length")
        guard declaredWidth != nil || model.embeddingWidth % heads == 0 else {
            throw model.invalid(
                "attention.head_count", "\(heads) heads do not divide a width of \(model.embeddingWidth)")
        }
        headWidth = declaredWidth ?? model.embeddingWidth / heads
        guard headWidth <= Self.widestHead else {
            throw model.invalid("attention.key_length", "heads of \(headWidth) are wider than \(Self.widestHead)")
        }
        let valueWidth = try model.count("attention.value_length", default: headWidth)
        guard valueWidth == headWidth else {
            throw model.invalid("attention.value_length", "\(valueWidth) differs from the key length \(headWidth)")
        }
        scale = Float(try model.number("attention.scale", default: 1 / Double(headWidth).squareRoot()))
    }

    package var queryWidth: Int { heads * headWidth }
    package var keyWidth: Int { kvHeads * headWidth }
}

/// A model's forward pass: a flat list of steps over virtual values, symbolic in the number of rows.
///
/// A value is written by one step, before the steps that read it.
package struct Program: Hashable, Sendable {
    package internal(set) var steps: [Step]
    /// Ids of values are below this.
    package internal(set) var valueCount: Int
    /// One row for each output row, as wide as the vocabulary.
    package internal(set) var logits: Value

    init(steps: [Step], valueCount: Int, logits: Value) {
        self.steps = steps
        self.valueCount = valueCount
        self.logits = logits
    }

    package var vocabularySize: Int { logits.width }

    /// Layers of the KV cache, by index.
    package var cacheLayers: [AttentionLayer] {
        steps.compactMap { step in
            guard case .attend(let attention) = step else { return nil }
            return attention.layer
        }
    }
}

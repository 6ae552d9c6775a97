/// The logits of a batch's output rows, in the order of `Batch.outputRows`. Valid until the next batch.
package struct OutputLogits: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    private let vocabularySize: Int
    package let count: Int

    /// - Parameter base: `count` rows of `vocabularySize` logits, one after another.
    package init(_ base: UnsafeMutablePointer<Float>, vocabularySize: Int, count: Int) {
        self.base = base
        self.vocabularySize = vocabularySize
        self.count = count
    }

    /// The logits of one output row. Whoever reads a row may change it; two threads must not have the same one.
    package subscript(output: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(output >= 0 && output < count, "output \(output) of \(count)")
        return UnsafeMutableBufferPointer(start: base + output * vocabularySize, count: vocabularySize)
    }
}

package import Compute
import Locking
package import Tensors

/// A model made of a function: the logits after a sequence are what the function says of all of its tokens.
///
/// It has a cache of real blocks, and reads a sequence's tokens from there: a block given to the wrong sequence, or freed too
/// early, changes what it says.
package final class ScriptedExecutable: Executable {
    /// What an executable has done, to be read from any thread.
    package struct Record: Hashable, Sendable {
        package var batches = 0
        package var rows = 0
        package var largestBatch = 0
        package var isReleased = false
    }

    /// Shared with the test, which outlives the executable.
    package final class Observer: Sendable {
        private let state = Locked(Record())

        package init() {}

        package var record: Record { state.withLock { $0 } }

        fileprivate func note(_ change: (inout Record) -> Void) { state.withLock { change(&$0) } }
    }

    package let limits: ExecutionLimits
    package let vocabularySize: Int
    private let observer: Observer
    private let logits: @Sendable ([TokenID]) -> [Float]
    /// Called before each batch; may wait or throw.
    private let beforeBatch: @Sendable (Batch) throws(ComputeError) -> Void
    private var cache: [[TokenID?]]
    private var outputs: [Float] = []
    package private(set) var outputCount = 0

    package init(
        limits: ExecutionLimits, vocabularySize: Int, observer: Observer = Observer(),
        beforeBatch: @escaping @Sendable (Batch) throws(ComputeError) -> Void = { _ in },
        logits: @escaping @Sendable ([TokenID]) -> [Float]
    ) {
        self.limits = limits
        self.vocabularySize = vocabularySize
        self.observer = observer
        self.beforeBatch = beforeBatch
        self.logits = logits
        cache = Array(repeating: Array(repeating: nil, count: limits.blockTokens), count: limits.blockCount)
    }

    deinit {
        observer.note { $0.isReleased = true }
    }

    package func run(_ batch: Batch) throws(ComputeError) {
        try beforeBatch(batch)
        try check(batch)
        observer.note {
            $0.batches += 1
            $0.rows += batch.tokens.count
            $0.largestBatch = max($0.largestBatch, batch.tokens.count)
        }
        for span in batch.spans {
            for (offset, row) in span.rows.enumerated() {
                let position = span.firstPosition + offset
                let block = Int(span.blocks[position / limits.blockTokens])
                cache[block][position % limits.blockTokens] = batch.tokens[row]
            }
        }
        outputs = []
        outputCount = batch.outputRows.count
        for row in batch.outputRows {
            guard let span = batch.spans.first(where: { $0.rows.contains(row) }) else {
                throw .invalidBatch("output row \(row) is in no span")
            }
            outputs += logits(try history(of: span, upTo: span.firstPosition + row - span.rows.lowerBound))
        }
    }

    package func withOutputs(tasks: Int, _ body: @Sendable (_ task: Int, _ outputs: OutputLogits) -> Void) {
        let (size, count) = (vocabularySize, outputCount)
        outputs.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for task in 0..<tasks { body(task, OutputLogits(base, vocabularySize: size, count: count)) }
        }
    }

    private func history(of span: Batch.Span, upTo last: Int) throws(ComputeError) -> [TokenID] {
        var tokens: [TokenID] = []
        for position in 0...last {
            guard let token = cache[Int(span.blocks[position / limits.blockTokens])][position % limits.blockTokens]
            else {
                throw .invalidBatch("position \(position) was never computed")
            }
            tokens.append(token)
        }
        return tokens
    }

    private func check(_ batch: Batch) throws(ComputeError) {
        guard !batch.tokens.isEmpty, batch.tokens.count <= limits.maximumRows else {
            throw .invalidBatch("\(batch.tokens.count) rows")
        }
        guard batch.outputRows.count <= limits.maximumOutputs, batch.outputRows == batch.outputRows.sorted() else {
            throw .invalidBatch("output rows \(batch.outputRows)")
        }
        var next = 0
        var written: Set<BlockID> = []
        for span in batch.spans {
            let end = span.firstPosition + span.rows.count
            guard span.rows.lowerBound == next, !span.rows.isEmpty else {
                throw .invalidBatch("a span at \(span.rows)")
            }
            guard end <= limits.contextLength, span.blocks.count == (end + limits.blockTokens - 1) / limits.blockTokens
            else {
                throw .invalidBatch("\(span.blocks.count) blocks for \(end) positions")
            }
            for block in span.blocks[(span.firstPosition / limits.blockTokens)...] where !written.insert(block).inserted
            {
                throw .invalidBatch("block \(block) is written by two sequences")
            }
            next = span.rows.upperBound
        }
        guard next == batch.tokens.count else { throw .invalidBatch("rows without a span") }
    }
}

extension ScriptedExecutable {
    /// A script in which each token depends on every token before it.
    package static func mixing(_ vocabularySize: Int) -> @Sendable ([TokenID]) -> TokenID {
        { tokens in
            var mixed: UInt64 = 0xCBF2_9CE4_8422_2325
            for token in tokens { mixed = (mixed ^ UInt64(UInt32(bitPattern: token))) &* 0x100_0000_01B3 }
            return TokenID((mixed >> 20) % UInt64(vocabularySize))
        }
    }

    /// Logits that make `next` of the history the likeliest token.
    package static func certain(
        of vocabularySize: Int, _ next: @escaping @Sendable ([TokenID]) -> TokenID
    ) -> @Sendable ([TokenID]) -> [Float] {
        { tokens in
            var logits = [Float](repeating: 0, count: vocabularySize)
            logits[Int(next(tokens))] = 10
            return logits
        }
    }
}

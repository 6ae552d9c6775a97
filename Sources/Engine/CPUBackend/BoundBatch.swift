import Compute
import Tensors

/// A batch that was checked, in the form that steps read: plain pointers, valid for one run.
struct BoundBatch: @unchecked Sendable {
    struct Span {
        var firstRow: Int
        var rowCount: Int
        var firstPosition: Int
        /// The span's block ids, enough for its last position.
        var blocks: UnsafePointer<BlockID>

        var endPosition: Int { firstPosition + rowCount }
    }

    /// Consecutive rows of one span, a unit of attention's work.
    struct Chunk {
        var span: Int
        var firstRow: Int
        var rowCount: Int
    }

    var rowCount = 0
    var outputCount = 0
    let tokens: UnsafeMutablePointer<TokenID>
    /// Of each row in its sequence.
    let positions: UnsafeMutablePointer<Int32>
    /// Of each row.
    let spanOfRow: UnsafeMutablePointer<Int32>
    let outputRows: UnsafeMutablePointer<Int32>
    let spans: UnsafeMutablePointer<Span>
    var spanCount = 0
    /// The most work first, so that no worker is left with a long chunk at the end.
    let chunks: UnsafeMutablePointer<Chunk>
    var chunkCount = 0
    /// Every span is a single row, as when all sequences generate.
    var isSingleRows = true
    /// The most positions that a row sees.
    var deepest = 0

    /// Query rows of a chunk: enough to use a block of keys many times, few enough to share the work out.
    static let chunkRows = 32

    init(_ limits: ExecutionLimits, _ memory: BufferMemory) throws(ComputeError) {
        let rows = limits.maximumRows
        func array<Element>(_ type: Element.Type) throws(ComputeError) -> UnsafeMutablePointer<Element> {
            try memory.allocate(rows, of: MemoryLayout<Element>.stride, for: "a batch of \(rows) rows")
                .bindMemory(to: Element.self, capacity: rows)
        }
        tokens = try array(TokenID.self)
        positions = try array(Int32.self)
        spanOfRow = try array(Int32.self)
        outputRows = try array(Int32.self)
        spans = try array(Span.self)
        chunks = try array(Chunk.self)
    }

    func count(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens: rowCount
        case .outputs: outputCount
        }
    }

    /// Takes over a batch that `BatchCheck` accepted. `blocks` holds the spans' block ids one after another.
    mutating func bind(_ batch: Batch, _ limits: ExecutionLimits, blocks: UnsafePointer<BlockID>) {
        rowCount = batch.tokens.count
        outputCount = batch.outputRows.count
        spanCount = batch.spans.count
        for (row, token) in batch.tokens.enumerated() { tokens[row] = token }
        for (output, row) in batch.outputRows.enumerated() { outputRows[output] = Int32(row) }
        chunkCount = 0
        isSingleRows = true
        deepest = 0
        var blocks = blocks
        for (index, span) in batch.spans.enumerated() {
            let bound = Span(
                firstRow: span.rows.lowerBound, rowCount: span.rows.count, firstPosition: span.firstPosition,
                blocks: blocks)
            blocks += bound.endPosition.dividedRoundingUp(by: limits.blockTokens)
            spans[index] = bound
            for row in 0..<bound.rowCount {
                positions[bound.firstRow + row] = Int32(bound.firstPosition + row)
                spanOfRow[bound.firstRow + row] = Int32(index)
            }
            for start in stride(from: 0, to: bound.rowCount, by: Self.chunkRows) {
                chunks[chunkCount] = Chunk(
                    span: index, firstRow: bound.firstRow + start, rowCount: min(Self.chunkRows, bound.rowCount - start)
                )
                chunkCount += 1
            }
            isSingleRows = isSingleRows && bound.rowCount == 1
            deepest = max(deepest, bound.endPosition)
        }
        let positions = positions
        var ordered = UnsafeMutableBufferPointer(start: chunks, count: chunkCount)
        ordered.sort { first, second in
            first.rowCount * Int(positions[first.firstRow]) > second.rowCount * Int(positions[second.firstRow])
        }
    }
}

/// Refuses batches that would read or write outside the executable's memory.
struct BatchCheck {
    let limits: ExecutionLimits
    let vocabularySize: Int

    /// Returns how many block ids all spans need.
    func check(_ batch: Batch) throws(ComputeError) -> Int {
        guard batch.tokens.count <= limits.maximumRows else {
            throw .invalidBatch("\(batch.tokens.count) rows, at most \(limits.maximumRows) are allowed")
        }
        for token in batch.tokens where token < 0 || Int(token) >= vocabularySize {
            throw .invalidBatch("token \(token) is not in the vocabulary of \(vocabularySize)")
        }
        try checkOutputs(batch)
        var nextRow = 0
        var blockCount = 0
        for span in batch.spans {
            guard span.rows.lowerBound == nextRow, !span.rows.isEmpty, span.rows.upperBound <= batch.tokens.count else {
                throw .invalidBatch("span of rows \(span.rows) does not follow row \(nextRow)")
            }
            nextRow = span.rows.upperBound
            blockCount += try check(span)
        }
        guard nextRow == batch.tokens.count else {
            throw .invalidBatch("spans cover \(nextRow) of \(batch.tokens.count) rows")
        }
        return blockCount
    }

    private func checkOutputs(_ batch: Batch) throws(ComputeError) {
        guard batch.outputRows.count <= limits.maximumOutputs else {
            throw .invalidBatch("\(batch.outputRows.count) outputs, at most \(limits.maximumOutputs) are allowed")
        }
        var previous = -1
        for row in batch.outputRows {
            guard row > previous, row < batch.tokens.count else {
                throw .invalidBatch("output row \(row) after \(previous) of \(batch.tokens.count) rows")
            }
            previous = row
        }
    }

    private func check(_ span: Batch.Span) throws(ComputeError) -> Int {
        guard span.firstPosition >= 0, span.firstPosition <= limits.contextLength - span.rows.count else {
            throw .invalidBatch(
                "\(span.rows.count) rows at position \(span.firstPosition) of a context of \(limits.contextLength)")
        }
        let needed = (span.firstPosition + span.rows.count).dividedRoundingUp(by: limits.blockTokens)
        guard span.blocks.count >= needed else {
            throw .invalidBatch("\(span.blocks.count) blocks for a span that needs \(needed)")
        }
        for block in span.blocks.prefix(needed) where block < 0 || Int(block) >= limits.blockCount {
            throw .invalidBatch("block \(block) of \(limits.blockCount)")
        }
        return needed
    }
}

import Compute
import Tensors

/// A batch that was checked, in the form that steps read: plain pointers, valid for one run.
struct BoundBatch: @unchecked Sendable {
    struct Span {
        var firstRow: Int
        var rowCount: Int
        var firstPosition: Int
        /// For each cache group, block ids: of keys and values enough for the span's last position, of a state the block that
        /// it is read from (negative for none) and the one that it is written to.
        var caches: UnsafePointer<UnsafePointer<BlockID>>

        var endPosition: Int { firstPosition + rowCount }
    }

    /// Consecutive rows of one span, a unit of attention's work.
    struct Chunk {
        var span: Int
        var firstRow: Int
        var rowCount: Int
    }

    /// Rows that take the place of tokens' embeddings.
    struct Embeddings {
        /// By row of the batch: its row here, or −1.
        var indices: UnsafeMutablePointer<Int32>
        var values: UnsafePointer<Float>?
    }

    var rowCount = 0
    var outputCount = 0
    let tokens: UnsafeMutablePointer<TokenID>
    /// Of each row in its sequence.
    let positions: UnsafeMutablePointer<Int32>
    /// Of each row, one for each section of the program's rotations.
    let sectionPositions: UnsafeMutablePointer<Int32>
    let sectionCount: Int
    /// Of each row.
    let spanOfRow: UnsafeMutablePointer<Int32>
    let outputRows: UnsafeMutablePointer<Int32>
    var embeddings: Embeddings
    let spans: UnsafeMutablePointer<Span>
    var spanCount = 0
    /// The most work first, so that no worker is left with a long chunk at the end.
    let chunks: UnsafeMutablePointer<Chunk>
    var chunkCount = 0
    /// Every span is a single row, as when all sequences generate.
    var isSingleRows = true
    /// The most positions that a span has.
    var deepest = 0

    /// Query rows of a chunk: enough to use a block of keys many times, few enough to share the work out.
    static let chunkRows = 32

    init(_ program: Program, _ limits: ExecutionLimits, _ memory: BufferMemory) throws(ComputeError) {
        let rows = limits.maximumRows
        let purpose = "a batch of \(rows) rows"
        func array<Element>(
            _ type: Element.Type, perRow: Int = 1
        ) throws(ComputeError) -> UnsafeMutablePointer<Element> {
            let count = try rows.times(perRow, for: purpose)
            return try memory.allocate(count, of: MemoryLayout<Element>.stride, for: purpose)
                .bindMemory(to: Element.self, capacity: count)
        }
        tokens = try array(TokenID.self)
        positions = try array(Int32.self)
        sectionCount = program.sectionCount
        sectionPositions = try array(Int32.self, perRow: sectionCount)
        spanOfRow = try array(Int32.self)
        outputRows = try array(Int32.self)
        embeddings = Embeddings(indices: try array(Int32.self), values: nil)
        spans = try array(Span.self)
        chunks = try array(Chunk.self)
    }

    func count(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens: rowCount
        case .outputs: outputCount
        case .spans: spanCount
        }
    }

    /// Takes over a batch that `BatchCheck` accepted; `caches` and `embeddings` outlive the run.
    mutating func bind(
        _ batch: Batch, groups: Int, _ caches: UnsafePointer<UnsafePointer<BlockID>>,
        _ embeddings: UnsafePointer<Float>?
    ) {
        rowCount = batch.tokens.count
        outputCount = batch.outputRows.count
        spanCount = batch.spans.count
        for (row, token) in batch.tokens.enumerated() { tokens[row] = token }
        for (output, row) in batch.outputRows.enumerated() { outputRows[output] = Int32(row) }
        self.embeddings.values = embeddings
        if let given = batch.embeddings {
            self.embeddings.indices.update(repeating: -1, count: rowCount)
            for (index, row) in given.rows.enumerated() { self.embeddings.indices[row] = Int32(index) }
        }
        chunkCount = 0
        isSingleRows = true
        deepest = 0
        for (index, span) in batch.spans.enumerated() {
            let bound = Span(
                firstRow: span.rows.lowerBound, rowCount: span.rows.count, firstPosition: span.firstPosition,
                caches: caches + index * groups)
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
        bindSections(batch.sectionPositions)
        let positions = positions
        var ordered = UnsafeMutableBufferPointer(start: chunks, count: chunkCount)
        ordered.sort { first, second in
            first.rowCount * Int(positions[first.firstRow]) > second.rowCount * Int(positions[second.firstRow])
        }
    }
}

extension BoundBatch {
    /// - Parameter given: by section; nil for the rows' own positions.
    private func bindSections(_ given: [[Int32]]?) {
        for section in 0..<sectionCount {
            for row in 0..<rowCount {
                sectionPositions[row * sectionCount + section] = given?[section][row] ?? positions[row]
            }
        }
    }
}

/// The block ids of a batch's spans, one after another, in memory that grows to the most that was needed.
struct BoundBlocks {
    private var ids: [BlockID] = []
    private var starts: [Int] = []
    private var pointers: [UnsafePointer<BlockID>] = []

    /// Calls `body` with a pointer for each span and group.
    mutating func withPointers(
        _ batch: Batch, blockTokens: Int, _ body: (UnsafePointer<UnsafePointer<BlockID>>) -> Void
    ) {
        ids.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        for span in batch.spans {
            for cache in span.caches {
                starts.append(ids.count)
                switch cache {
                case .blocks(let blocks):
                    let needed = span.endPosition.dividedRoundingUp(by: blockTokens)
                    // Attention reads nothing of a block that was given back, but takes its address.
                    let anyBlock = blocks[needed - 1]
                    for block in blocks.prefix(needed) { ids.append(block < 0 ? anyBlock : block) }
                case .state(let from, let to):
                    ids.append(from ?? -1)
                    ids.append(to)
                }
            }
        }
        // A program without a cache reads neither.
        starts.append(0)
        ids.append(0)
        ids.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            pointers.removeAll(keepingCapacity: true)
            for start in starts { pointers.append(base + start) }
            pointers.withUnsafeBufferPointer { pointers in
                if let first = pointers.baseAddress { body(first) }
            }
        }
    }
}

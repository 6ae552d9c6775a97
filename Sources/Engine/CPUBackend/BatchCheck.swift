import Compute
import Tensors

/// Refuses batches that would read or write outside the executable's memory.
struct BatchCheck {
    private let limits: ExecutionLimits
    private let groups: [CacheGroup]
    private let inputs: [Value]
    private let isIndivisible: Bool
    /// Tokens below this have an embedding.
    private let embeddedTokens: Int
    /// Of a row that takes the place of an embedding; 0 where the program looks no tokens up.
    private let embeddingWidth: Int
    private let sectionCount: Int

    init(_ program: Program, _ limits: ExecutionLimits) {
        self.limits = limits
        groups = program.cacheGroups
        inputs = program.inputs
        isIndivisible = program.isIndivisible
        let table = program.steps.lazy.compactMap { step -> Weight? in
            guard case .embed(let embed) = step, embed.index == .token else { return nil }
            return embed.table
        }.first
        embeddedTokens = table?.shape.rowCount ?? .max
        embeddingWidth = table?.shape.rowLength ?? 0
        sectionCount = program.sectionCount
    }

    func check(_ batch: Batch) throws(ComputeError) {
        let rowCount = batch.tokens.count
        guard rowCount <= limits.maximumRows else {
            throw .invalidBatch("\(rowCount) rows, at most \(limits.maximumRows) are allowed")
        }
        try checkRows(batch.outputRows, of: rowCount, "output")
        guard batch.outputRows.count <= limits.maximumOutputs else {
            throw .invalidBatch("\(batch.outputRows.count) outputs, at most \(limits.maximumOutputs) are allowed")
        }
        try checkTokens(batch)
        try checkSections(batch)
        var nextRow = 0
        for span in batch.spans {
            guard span.rows.lowerBound == nextRow, !span.rows.isEmpty, span.rows.upperBound <= rowCount else {
                throw .invalidBatch("span of rows \(span.rows) does not follow row \(nextRow)")
            }
            nextRow = span.rows.upperBound
            try check(span)
        }
        guard nextRow == rowCount else { throw .invalidBatch("spans cover \(nextRow) of \(rowCount) rows") }
        guard batch.inputs.count == inputs.count else {
            throw .invalidBatch("\(batch.inputs.count) inputs, and the program has \(inputs.count)")
        }
        for (value, rows) in zip(inputs, batch.inputs) where rows.count != batch.count(value.rows) * value.width {
            throw .invalidBatch("an input of \(rows.count) numbers for rows of \(value.width)")
        }
    }

    private func checkTokens(_ batch: Batch) throws(ComputeError) {
        var given: Set<Int> = []
        if let embeddings = batch.embeddings {
            try checkRows(embeddings.rows, of: batch.tokens.count, "embedded")
            guard embeddingWidth > 0, embeddings.values.count == embeddings.rows.count * embeddingWidth else {
                throw .invalidBatch(
                    "\(embeddings.values.count) numbers for \(embeddings.rows.count) rows of \(embeddingWidth)")
            }
            given = Set(embeddings.rows)
        }
        for (row, token) in batch.tokens.enumerated() where token < 0 || Int(token) >= embeddedTokens {
            guard given.contains(row) else {
                throw .invalidBatch("token \(token) is not in the vocabulary of \(embeddedTokens)")
            }
        }
    }

    private func checkSections(_ batch: Batch) throws(ComputeError) {
        guard let sections = batch.sectionPositions else { return }
        guard sectionCount > 0, sections.count == sectionCount else {
            throw .invalidBatch("positions of \(sections.count) sections, and the program rotates by \(sectionCount)")
        }
        for (section, positions) in sections.enumerated() {
            guard positions.count == batch.tokens.count else {
                throw .invalidBatch("\(positions.count) positions of section \(section) for \(batch.tokens.count) rows")
            }
            if let position = positions.first(where: { $0 < 0 }) {
                throw .invalidBatch("position \(position) in section \(section)")
            }
        }
    }

    private func checkRows(_ rows: [Int], of count: Int, _ name: String) throws(ComputeError) {
        var previous = -1
        for row in rows {
            guard row > previous, row < count else {
                throw .invalidBatch("\(name) row \(row) after \(previous) of \(count) rows")
            }
            previous = row
        }
    }

    private func check(_ span: Batch.Span) throws(ComputeError) {
        guard span.firstPosition >= 0, span.firstPosition <= limits.contextLength - span.rows.count else {
            throw .invalidBatch(
                "\(span.rows.count) rows at position \(span.firstPosition) of a context of \(limits.contextLength)")
        }
        guard !isIndivisible || span.firstPosition == 0 else {
            throw .invalidBatch("rows at position \(span.firstPosition) of a text that must be computed at once")
        }
        guard span.caches.count == groups.count else {
            throw .invalidBatch("a span with \(span.caches.count) caches for \(groups.count) groups")
        }
        for (index, (group, cache)) in zip(groups, span.caches).enumerated() {
            try check(cache, group.policy, span, blockCount: limits.blockCounts[index])
        }
    }

    private func check(
        _ cache: Batch.SpanCache, _ policy: CachePolicy, _ span: Batch.Span, blockCount: Int
    ) throws(ComputeError) {
        let oldest: Int
        switch (cache, policy) {
        case (.state(let from, let to), .state):
            for block in [from, to].compactMap({ $0 }) where !(0..<blockCount).contains(Int(block)) {
                throw .invalidBatch("state \(block) of \(blockCount)")
            }
            guard from != nil || span.firstPosition == 0 else {
                throw .invalidBatch("rows at position \(span.firstPosition) without a state")
            }
            return
        case (.blocks, .full): oldest = 0
        case (.blocks, .window(let length)): oldest = max(0, span.firstPosition + 1 - length)
        default: throw .invalidBatch("\(cache) for a cache of policy \(policy)")
        }
        guard case .blocks(let blocks) = cache else { return }
        let needed = span.endPosition.dividedRoundingUp(by: limits.blockTokens)
        guard blocks.count >= needed else {
            throw .invalidBatch("\(blocks.count) blocks for a span that needs \(needed)")
        }
        for (index, block) in blocks.prefix(needed).enumerated() where !(0..<blockCount).contains(Int(block)) {
            guard block == Batch.SpanCache.released, index < oldest / limits.blockTokens else {
                throw .invalidBatch("block \(block) of \(blockCount)")
            }
        }
    }
}

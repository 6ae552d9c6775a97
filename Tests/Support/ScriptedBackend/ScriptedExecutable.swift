package import Compute
import Locking
package import Tensors

/// A model made of a function: the logits after a sequence are what the function says of the tokens that the model sees.
///
/// It has a cache of real blocks in groups of any policy, and reads a sequence's tokens from there. A block that was
/// given to the wrong sequence, was freed too early or is out of date changes what it says, or makes it throw where
/// another group still has the right tokens. The function gets what the group with the longest memory holds: all
/// tokens, or the last ones where all groups are windows.
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
    package let cachePolicies: [CachePolicy]
    package let outputWidth: Int
    private let observer: Observer
    private let logits: @Sendable ([TokenID]) -> [Float]
    /// Called before each batch; may wait or throw.
    private let beforeBatch: @Sendable (Batch) throws(ComputeError) -> Void
    private var groups: [ScriptedCache]
    private var outputs: [Float] = []
    package private(set) var outputCount = 0

    package init(
        limits: ExecutionLimits, policies: [CachePolicy] = [.full], vocabularySize: Int,
        observer: Observer = Observer(),
        beforeBatch: @escaping @Sendable (Batch) throws(ComputeError) -> Void = { _ in },
        logits: @escaping @Sendable ([TokenID]) -> [Float]
    ) {
        self.limits = limits
        cachePolicies = policies
        outputWidth = vocabularySize
        self.observer = observer
        self.beforeBatch = beforeBatch
        self.logits = logits
        groups = zip(policies, limits.blockCounts).map {
            ScriptedCache($0, blockCount: $1, blockTokens: limits.blockTokens)
        }
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
        let histories = try batch.spans.map { span throws(ComputeError) in
            try history(of: span, batch.tokens[span.rows])
        }
        outputs = []
        outputCount = batch.outputRows.count
        for row in batch.outputRows {
            guard let index = batch.spans.firstIndex(where: { $0.rows.contains(row) }) else {
                throw .invalidBatch("output row \(row) is in no span")
            }
            let (span, tokens) = (batch.spans[index], histories[index])
            let position = span.firstPosition + row - span.rows.lowerBound
            let seen = cachePolicies.reduce(0) { max($0, position + 1 - $1.firstVisible(at: position)) }
            outputs += logits(Array(tokens.dropLast(span.endPosition - 1 - position).suffix(seen)))
        }
    }

    /// Computes a span.
    /// - Returns: the last tokens of its sequence, as many as some row may see.
    private func history(of span: Batch.Span, _ tokens: ArraySlice<TokenID>) throws(ComputeError) -> [TokenID] {
        var longest: [TokenID] = []
        for (group, cache) in span.caches.enumerated() {
            let history = try groups[group].run(tokens, at: span.firstPosition, cache)
            guard zip(history.reversed(), longest.reversed()).allSatisfy({ $0 == $1 }) else {
                throw .invalidBatch("group \(group) holds other tokens than those before it")
            }
            if history.count > longest.count { longest = history }
        }
        return longest
    }

    package func withOutputs(tasks: Int, _ body: @Sendable (_ task: Int, _ outputs: OutputRows) -> Void) {
        let (width, count) = (outputWidth, outputCount)
        outputs.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for task in 0..<tasks { body(task, OutputRows(base, width: width, count: count)) }
        }
    }

    package func output(_ index: Int) -> [Float] { index == 0 ? outputs : [] }

    private func check(_ batch: Batch) throws(ComputeError) {
        guard !batch.tokens.isEmpty, batch.tokens.count <= limits.maximumRows else {
            throw .invalidBatch("\(batch.tokens.count) rows")
        }
        guard batch.outputRows.count <= limits.maximumOutputs, batch.outputRows == batch.outputRows.sorted() else {
            throw .invalidBatch("output rows \(batch.outputRows)")
        }
        var next = 0
        for span in batch.spans {
            guard span.rows.lowerBound == next, !span.rows.isEmpty else {
                throw .invalidBatch("a span at \(span.rows)")
            }
            guard span.endPosition <= limits.contextLength, span.caches.count == cachePolicies.count else {
                throw .invalidBatch("\(span.caches.count) caches for \(span.endPosition) positions")
            }
            next = span.rows.upperBound
        }
        guard next == batch.tokens.count else { throw .invalidBatch("rows without a span") }
        for group in groups.indices {
            try groups[group].check(batch.spans, group)
        }
    }
}

/// The blocks of one cache group.
private struct ScriptedCache {
    let policy: CachePolicy
    let blockTokens: Int
    /// By block and offset in it.
    private var entries: [[Entry?]]
    /// By block, all tokens that the state has seen.
    private var states: [[TokenID]?]

    private struct Entry {
        var position: Int
        var token: TokenID
    }

    init(_ policy: CachePolicy, blockCount: Int, blockTokens: Int) {
        self.policy = policy
        self.blockTokens = blockTokens
        entries = Array(repeating: Array(repeating: nil, count: policy == .state ? 0 : blockTokens), count: blockCount)
        states = Array(repeating: nil, count: blockCount)
    }

    /// Takes the tokens of a span's rows into the cache.
    /// - Returns: what the group shows of the sequence up to the last row: all that some row sees.
    mutating func run(
        _ tokens: ArraySlice<TokenID>, at first: Int, _ cache: Batch.SpanCache
    ) throws(ComputeError) -> [TokenID] {
        switch cache {
        case .state(let from, let to):
            let history = try from.map { block throws(ComputeError) in try state(block, of: first) } ?? []
            states[Int(to)] = history + tokens
            return history + tokens
        case .blocks(let blocks):
            for (position, token) in zip(first..., tokens) {
                entries[Int(blocks[position / blockTokens])][position % blockTokens] = Entry(
                    position: position, token: token)
            }
            var history: [TokenID] = []
            for position in policy.firstVisible(at: first)..<first + tokens.count {
                let entry = entries[Int(blocks[position / blockTokens])][position % blockTokens]
                guard let entry, entry.position == position else {
                    throw .invalidBatch("position \(position) was never computed")
                }
                history.append(entry.token)
            }
            return history
        }
    }

    private func state(_ block: BlockID, of count: Int) throws(ComputeError) -> [TokenID] {
        guard let state = states[Int(block)], state.count == count else {
            throw .invalidBatch("state \(block) is of \(states[Int(block)]?.count ?? -1) tokens, not of \(count)")
        }
        return state
    }

    /// Refuses blocks that do not exist or were given back, and a block that one span writes and another one writes or
    /// reads.
    func check(_ spans: [Batch.Span], _ group: Int) throws(ComputeError) {
        var reads: [BlockID: Set<Int>] = [:]
        var writes: [BlockID: Int] = [:]
        for (index, span) in spans.enumerated() {
            switch (span.caches[group], policy) {
            case (.state(let from, let to), .state):
                guard (from == nil) == (span.firstPosition == 0) else {
                    throw .invalidBatch("state \(from ?? -1) at position \(span.firstPosition)")
                }
                guard writes.updateValue(index, forKey: to) == nil else { throw .invalidBatch("two write state \(to)") }
                if let from { reads[from, default: []].insert(index) }
            case (.blocks(let blocks), .full), (.blocks(let blocks), .window):
                guard blocks.count == (span.endPosition + blockTokens - 1) / blockTokens else {
                    throw .invalidBatch("\(blocks.count) blocks for \(span.endPosition) positions")
                }
                let firstWritten = span.firstPosition / blockTokens
                for (number, block) in blocks.enumerated() {
                    if block == Batch.SpanCache.released {
                        guard number < policy.firstVisible(at: span.firstPosition) / blockTokens else {
                            throw .invalidBatch("block \(number) was given back and is read")
                        }
                    } else if number < firstWritten {
                        reads[block, default: []].insert(index)
                    } else if writes.updateValue(index, forKey: block) != nil {
                        throw .invalidBatch("block \(block) is written by two sequences")
                    }
                }
            default: throw .invalidBatch("\(span.caches[group]) in a group of policy \(policy)")
            }
        }
        guard (Array(reads.keys) + writes.keys).allSatisfy({ entries.indices.contains(Int($0)) }) else {
            throw .invalidBatch("a block of group \(group) is not among its \(entries.count)")
        }
        for (block, readers) in reads {
            if let writer = writes[block], readers != [writer] {
                throw .invalidBatch("block \(block) is read by one sequence and written by another")
            }
        }
    }
}

extension CachePolicy {
    /// The first position that the row at `position` sees.
    fileprivate func firstVisible(at position: Int) -> Int {
        guard case .window(let length) = self else { return 0 }
        return max(0, position + 1 - length)
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

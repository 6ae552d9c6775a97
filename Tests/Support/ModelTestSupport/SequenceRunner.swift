package import Compute
package import Tensors

/// Feeds one sequence to an executable and keeps its place.
package struct SequenceRunner {
    package let executable: any Executable
    /// What the sequence has of each cache group: all the blocks, in order of position.
    private let caches: [Batch.SpanCache]
    package private(set) var position = 0

    /// - Parameter blocks: of each group of keys and values; nil takes all that the executable has, in order.
    package init(_ executable: any Executable, blocks: [BlockID]? = nil) {
        self.executable = executable
        caches = zip(executable.cachePolicies, executable.limits.blockCounts).map { policy, count in
            policy == .state ? .state(from: 0, to: 0) : .blocks(blocks ?? (0..<BlockID(count)).map { $0 })
        }
    }

    /// A span of the sequence's next rows.
    private func span(_ count: Int) -> Batch.Span {
        Batch.Span(
            rows: 0..<count, firstPosition: position,
            caches: caches.map { cache in
                guard case .state(_, let to) = cache, position == 0 else { return cache }
                return .state(from: nil, to: to)
            })
    }

    /// Logits of every one of `tokens`, computed `chunk` rows at a time.
    /// - Parameters:
    ///   - embeddings: in the place of those of some tokens.
    ///   - sectionPositions: of all tokens.
    package mutating func logits(
        of tokens: [TokenID], embeddings: Batch.Embeddings? = nil, sectionPositions: [[Int32]]? = nil,
        chunk: Int = .max
    ) throws -> [[Float]] {
        let chunk = min(chunk, executable.limits.maximumRows, executable.limits.maximumOutputs)
        var result: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: chunk) {
            let range = start..<min(tokens.count, start + chunk)
            try executable.run(
                Batch(
                    tokens: Array(tokens[range]), spans: [span(range.count)], outputRows: Array(0..<range.count),
                    embeddings: embeddings?.part(range),
                    sectionPositions: sectionPositions.map { $0.map { Array($0[range]) } }))
            position += range.count
            result += executable.outputRows()
        }
        return result
    }

    /// One row for the whole text, which is computed at once.
    package mutating func embedding(of tokens: [TokenID]) throws -> [Float] {
        try executable.run(Batch(tokens: tokens, spans: [span(tokens.count)]))
        position += tokens.count
        return executable.outputRows().first ?? []
    }

    /// The most likely next token after `logits`, `count` times over.
    package mutating func greedy(after logits: [Float], count: Int) throws -> [TokenID] {
        var logits = logits
        var result: [TokenID] = []
        for _ in 0..<count {
            let token = TokenID(logits.argmax)
            result.append(token)
            logits = try self.logits(of: [token]).last ?? []
        }
        return result
    }
}

extension Batch.Embeddings {
    /// Those of some rows, counted from the first of these.
    fileprivate func part(_ range: Range<Int>) -> Batch.Embeddings {
        let indices = rows.indices.filter { range.contains(rows[$0]) }
        let width = rows.isEmpty ? 0 : values.count / rows.count
        return Batch.Embeddings(
            rows: indices.map { rows[$0] - range.lowerBound },
            values: indices.flatMap { values[$0 * width..<($0 + 1) * width] })
    }
}

extension Executable {
    /// The rows of the last batch's first output.
    package func outputRows() -> [[Float]] {
        let result = RowStore(count: outputCount)
        forEachOutput { output, row in result.set(output, Array(row)) }
        return result.rows
    }
}

/// Rows that workers fill, each another one.
private final class RowStore: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<[Float]>

    init(count: Int) {
        storage = .allocate(capacity: count)
        storage.initialize(repeating: [])
    }

    deinit {
        storage.deinitialize()
        storage.deallocate()
    }

    func set(_ index: Int, _ row: [Float]) { storage[index] = row }
    var rows: [[Float]] { Array(storage) }
}

extension [Float] {
    package var argmax: Int { indices.max { self[$0] < self[$1] } ?? 0 }

    package func largestDifference(from other: [Float]) -> Float {
        guard count == other.count else { return .infinity }
        return zip(self, other).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
    }

    /// -ln of the probability of `token` under softmax.
    package func negativeLogProbability(of token: TokenID) -> Double {
        let best = Double(self.max() ?? 0)
        let total = reduce(0.0) { $0 + exp(Double($1) - best) }
        return log(total) + best - Double(self[Int(token)])
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

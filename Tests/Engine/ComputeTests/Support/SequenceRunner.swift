import Compute
import Tensors

/// Feeds one sequence to an executable and keeps its place.
struct SequenceRunner {
    let executable: any Executable
    /// The sequence's blocks, in order of position.
    let blocks: [BlockID]
    private(set) var position = 0

    /// - Parameter blocks: nil takes all the executable has, in order.
    init(_ executable: any Executable, blocks: [BlockID]? = nil) {
        self.executable = executable
        self.blocks = blocks ?? (0..<BlockID(executable.limits.blockCount)).map { $0 }
    }

    /// Logits of every one of `tokens`, computed `chunk` rows at a time.
    mutating func logits(of tokens: [TokenID], chunk: Int = .max) throws -> [[Float]] {
        let chunk = min(chunk, executable.limits.maximumRows, executable.limits.maximumOutputs)
        var result: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: chunk) {
            let part = Array(tokens[start..<min(tokens.count, start + chunk)])
            let span = Batch.Span(rows: 0..<part.count, firstPosition: position, blocks: blocks)
            try executable.run(Batch(tokens: part, spans: [span], outputRows: Array(part.indices)))
            position += part.count
            result += executable.logits(count: part.count)
        }
        return result
    }

    /// The most likely next token after `logits`, `count` times over.
    mutating func greedy(after logits: [Float], count: Int) throws -> [TokenID] {
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

extension Executable {
    /// The logits of the last batch's output rows.
    func logits(count: Int) -> [[Float]] {
        let result = LogitStore(count: count)
        forEachOutput { output, logits in result.set(output, Array(logits)) }
        return result.rows
    }
}

/// Rows that workers fill, each another one.
private final class LogitStore: @unchecked Sendable {
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
    var argmax: Int { indices.max { self[$0] < self[$1] } ?? 0 }

    func largestDifference(from other: [Float]) -> Float {
        guard count == other.count else { return .infinity }
        return zip(self, other).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
    }

    /// -ln of the probability of `token` under softmax.
    func negativeLogProbability(of token: TokenID) -> Double {
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

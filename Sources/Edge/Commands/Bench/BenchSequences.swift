import Compute
import Sampling
import Tensors

/// Sequences of equal room on one executable, batched as the scheduler does it: a row of each that generates, the rows
/// of a prompt by themselves.
final class BenchSequences {
    private let executable: any Executable
    private let samplers: Samplers
    private var positions: [Int]

    var count: Int { positions.count }
    var vocabularySize: Int { executable.outputWidth }
    var copyBytes: Int { executable.copyBytes }

    /// Each worker uses the sampler of another output.
    private final class Samplers: @unchecked Sendable {
        var all: [Sampler]

        init(count: Int, contextLength: Int) {
            var parameters = SamplingParameters()
            parameters.seed = 1
            all = (0..<count).map { _ in Sampler(parameters, contextLength: contextLength) }
        }
    }

    /// - Parameter executable: with the room that `LocalModel` plans for `count` sequences.
    init(_ executable: any Executable, count: Int) {
        self.executable = executable
        samplers = Samplers(count: count, contextLength: executable.limits.contextLength)
        positions = [Int](repeating: 0, count: count)
    }

    /// Forgets everything.
    func reset() {
        for index in positions.indices { positions[index] = 0 }
    }

    /// Computes a prompt, as many rows at a time as the executable takes; no logits but those of the last row.
    func append(_ tokens: [TokenID], to sequence: Int) throws {
        let most = executable.limits.maximumRows
        for start in stride(from: 0, to: tokens.count, by: most) {
            let chunk = Array(tokens[start..<min(tokens.count, start + most)])
            let isLast = start + chunk.count == tokens.count
            let span = span(of: sequence, rows: chunk.indices)
            try executable.run(
                Batch(tokens: chunk, spans: [span], outputRows: isLast ? [chunk.count - 1] : []))
            positions[sequence] += chunk.count
        }
    }

    /// Computes the next token of each sequence, with its logits.
    func step(_ tokens: [TokenID]) throws {
        let spans = positions.indices.map { span(of: $0, rows: $0..<$0 + 1) }
        try executable.run(Batch(tokens: tokens, spans: spans, outputRows: Array(tokens.indices)))
        for index in positions.indices { positions[index] += 1 }
    }

    /// Chooses a token for each sequence from the logits of the last step.
    func sample() {
        let samplers = samplers
        executable.forEachOutput { output, logits in _ = try? samplers.all[output].sample(logits) }
    }

    private func span(of sequence: Int, rows: Range<Int>) -> Batch.Span {
        executable.span(rows, at: positions[sequence], of: sequence, among: count)
    }
}

extension Executable {
    /// Rows of one of `count` sequences that share the cache in equal parts and give nothing of theirs back.
    func span(_ rows: Range<Int>, at position: Int, of sequence: Int = 0, among count: Int = 1) -> Batch.Span {
        let caches = zip(cachePolicies, limits.blockCounts).map { policy, blockCount -> Batch.SpanCache in
            let first = BlockID(sequence * (blockCount / count))
            if policy == .state { return .state(from: position == 0 ? nil : first, to: first) }
            let needed = (position + rows.count + limits.blockTokens - 1) / limits.blockTokens
            return .blocks((0..<BlockID(needed)).map { first + $0 })
        }
        return Batch.Span(rows: rows, firstPosition: position, caches: caches)
    }
}

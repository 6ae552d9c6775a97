import Compute
import Tensors

/// Runs one sequence on an executable of its own, for tools that need no scheduler.
final class SingleSequence {
    private let executable: any Executable
    private(set) var position = 0

    var vocabularySize: Int { executable.outputWidth }

    init(_ executable: any Executable) {
        self.executable = executable
    }

    /// Forgets everything.
    func reset() { position = 0 }

    /// Computes `tokens`, as many rows at a time as the executable takes; no logits but those of the last row.
    func append(_ tokens: [TokenID]) throws {
        var rest = tokens[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(executable.limits.maximumRows))
            rest = rest.dropFirst(chunk.count)
            try run(chunk, outputRows: rest.isEmpty ? [chunk.count - 1] : [])
        }
    }

    /// Computes `tokens` and calls `body` with the logits of each, in any order, on several threads.
    func appendAll(
        _ tokens: [TokenID], _ body: @Sendable (_ index: Int, _ logits: UnsafeMutableBufferPointer<Float>) -> Void
    ) throws {
        let size = min(executable.limits.maximumRows, executable.limits.maximumOutputs)
        for start in stride(from: 0, to: tokens.count, by: size) {
            let chunk = Array(tokens[start..<min(start + size, tokens.count)])
            try run(chunk, outputRows: Array(chunk.indices))
            executable.forEachOutput { body(start + $0, $1) }
        }
    }

    /// The rows that an encoder makes of a whole text: one, or one for each token.
    func rows(of tokens: [TokenID]) throws -> [[Float]] {
        try run(tokens, outputRows: Array(tokens.indices))
        let values = executable.output(0)
        let width = max(1, executable.outputWidth)
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }

    /// Calls `body` with the logits of the last token.
    func withLastLogits(_ body: @Sendable (UnsafeMutableBufferPointer<Float>) -> Void) {
        executable.forEachOutput { _, logits in body(logits) }
    }

    private func run(_ tokens: [TokenID], outputRows: [Int]) throws {
        let end = position + tokens.count
        guard end <= executable.limits.contextLength else {
            throw CommandError("\(end) tokens are more than the \(executable.limits.contextLength) reserved")
        }
        let span = executable.span(tokens.indices, at: position)
        try executable.run(Batch(tokens: tokens, spans: [span], outputRows: outputRows))
        position = end
    }
}

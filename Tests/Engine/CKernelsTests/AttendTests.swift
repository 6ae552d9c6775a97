import CKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Attention")
struct AttendTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let bound: Float = 1e-5

    @Test("agrees with a plain loop in double precision", arguments: tables, AttentionCase.all)
    func matchesPlainLoop(table: KernelTable, task: AttentionCase) {
        var numbers = SampleNumbers(seed: 8)
        let sample = AttentionSample(task, &numbers)
        let found = sample.attend(table, rows: 0..<task.rows, heads: 0..<task.heads)
        let expected = plainAttention(task, sample.query, sample.keys.floats, sample.values.floats)
        #expect(relativeError(found, expected) <= Self.bound)
    }

    private func plainAttention(_ task: AttentionCase, _ query: [Float], _ keys: [Float], _ values: [Float]) -> [Float]
    {
        (0..<(task.rows * task.heads)).flatMap { index in
            let position = task.firstPosition + index / task.heads
            let first = task.window > 0 ? max(0, position + 1 - task.window) : 0
            let scores = (first...position).map { token in
                0.125
                    * (0..<task.width).reduce(0.0) {
                        $0 + Double(query[index * task.width + $1]) * Double(keys[token * task.width + $1])
                    }
            }
            let largest = scores.max() ?? 0
            let weights = scores.map { exp($0 - largest) }
            let sum = weights.reduce(0, +)
            var result = [Double](repeating: 0, count: task.width)
            for (token, weight) in zip(first..., weights) {
                for element in 0..<task.width {
                    result[element] += weight / sum * Double(values[token * task.width + element])
                }
            }
            return result.map(Float.init)
        }
    }
}

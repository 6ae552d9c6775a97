import CKernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Attention")
struct AttendTests {
    static let types = KernelTable.generic?.caches.map(\.name) ?? []
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let bound: Float = 1e-5

    @Test("agrees with a plain loop in double precision over what the cache holds", arguments: types, AttentionCase.all)
    func matchesPlainLoop(type: String, task: AttentionCase) throws {
        let kernels = Self.tables.compactMap { $0.cache(type) }
        guard let first = kernels.first, task.width % first.row.width_unit == 0 else { return }
        var numbers = SampleNumbers(seed: 8)
        let sample = AttentionSample(task, first, &numbers)
        let kept = sample.cache.contents(task.firstPosition + task.rows)
        let expected = plainAttention(task, sample.query, kept.keys, kept.values)
        for kernels in kernels {
            let found = sample.attend(kernels, rows: 0..<task.rows, heads: 0..<task.heads)
            #expect(relativeError(found, expected) <= Self.bound, "\(kernels)")
        }
    }

    @Test("tokens that a row does not see do not change it, infinities and NaN included", arguments: CacheKernels.all)
    func laterTokens(kernels: CacheKernels) {
        for task in [
            AttentionCase(rows: 40, heads: 4, firstPosition: 100),
            AttentionCase(rows: 9, heads: 3, width: 96, firstPosition: 125, window: 20),
        ] {
            var numbers = SampleNumbers(seed: 5)
            let clean = AttentionSample(task, kernels, &numbers)
            numbers = SampleNumbers(seed: 5)
            let badRow = 4
            let position = task.firstPosition + badRow
            let hostile = AttentionSample(task, kernels, &numbers) { keys, values in
                keys[position * task.width] = .infinity
                values[position * task.width + 1] = .nan
                values[position * task.width + 2] = -.infinity
            }
            let rows = 0..<task.rows, heads = 0..<task.heads, width = task.heads * task.width
            let expected = clean.attend(kernels, rows: rows, heads: heads)
            let found = hostile.attend(kernels, rows: rows, heads: heads)
            #expect(found.prefix(badRow * width).map(\.bitPattern) == expected.prefix(badRow * width).map(\.bitPattern))
            #expect(found[badRow * width + 1].isNaN)
        }
    }

    private func plainAttention(_ task: AttentionCase, _ query: [Float], _ keys: [Float], _ values: [Float]) -> [Float]
    {
        (0..<(task.rows * task.heads)).flatMap { index in
            let position = task.firstPosition + index / task.heads
            let first = task.window > 0 ? max(0, position + 1 - task.window) : 0
            let scores = (first...position).map { token in
                var score = 0.0
                for element in 0..<task.width {
                    score += Double(query[index * task.width + element]) * Double(keys[token * task.width + element])
                }
                return 0.125 * score
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

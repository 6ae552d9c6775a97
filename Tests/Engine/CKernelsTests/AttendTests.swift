import CKernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Attention", .computing)
struct AttendTests {
    static let types = KernelTable.generic?.caches.map(\.name) ?? []
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let bound: Float = 1e-5

    @Test("agrees with a plain loop in double precision over what the cache holds", arguments: types, AttentionCase.all)
    func matchesPlainLoop(type: String, task: AttentionCase) throws {
        let kernels = Self.tables.compactMap { $0.cache(type) }
        guard let first = kernels.first, first.takes(task) else { return }
        var numbers = SampleNumbers(seed: 8)
        let sample = AttentionSample(task, first, &numbers)
        let kept = sample.cache.contents(task.positions)
        let expected = plainAttention(task, sample.query, kept.keys, kept.values)
        for kernels in kernels {
            let found = sample.attend(kernels, rows: 0..<task.rows, heads: 0..<task.heads)
            #expect(relativeError(found, expected) <= Self.bound, "\(kernels)")
        }
    }

    @Test("tokens that a row does not see do not change it, infinities and NaN included", arguments: CacheKernels.all)
    func unseenTokens(kernels: CacheKernels) {
        for task in [
            AttentionCase(rows: 40, heads: 4, firstPosition: 100),
            AttentionCase(rows: 9, heads: 3, width: 96, firstPosition: 125, sees: .window(20)),
            AttentionCase(rows: 3, firstPosition: 70, softcap: 4, hasSinks: true, hasSlopes: true),
            AttentionCase(rows: 60, heads: 2, width: 64, valueWidth: 32, firstPosition: 330, sees: .scattered(40)),
        ] {
            let position = task.seen(task.rows / 2).lowerBound
            var numbers = SampleNumbers(seed: 5)
            let clean = AttentionSample(task, kernels, &numbers)
            numbers = SampleNumbers(seed: 5)
            let hostile = AttentionSample(task, kernels, &numbers) { keys, values in
                keys[position * task.keyWidth] = .infinity
                values[position * task.valueWidth + 1] = .nan
                values[position * task.valueWidth + 2] = -.infinity
            }
            let rows = 0..<task.rows, heads = 0..<task.heads, width = task.heads * task.valueWidth
            let expected = clean.attend(kernels, rows: rows, heads: heads)
            let found = hostile.attend(kernels, rows: rows, heads: heads)
            for row in rows {
                let part = row * width..<(row + 1) * width
                if task.seen(row).contains(position) {
                    #expect(found[row * width + 1].isNaN)
                } else {
                    #expect(found[part].map(\.bitPattern) == expected[part].map(\.bitPattern), "row \(row) of \(task)")
                }
            }
        }
    }

    @Test("blocks that no row sees may be any block", arguments: CacheKernels.all)
    func unseenBlocks(kernels: CacheKernels) {
        for task in [
            AttentionCase(rows: 4, heads: 4, firstPosition: 300, sees: .window(40)),
            AttentionCase(rows: 2, firstPosition: 290, sees: .window(7), hasSinks: true),
            AttentionCase(rows: 30, heads: 2, blockTokens: 8, firstPosition: 500, sees: .scattered(12)),
        ] {
            var numbers = SampleNumbers(seed: 6)
            let sample = AttentionSample(task, kernels, &numbers)
            let rows = 0..<task.rows, heads = 0..<task.heads
            let expected = sample.attend(kernels, rows: rows, heads: heads)
            let seen = Set(rows.flatMap { row in task.seen(row).map { $0 / task.blockTokens } })
            #expect(seen.count < task.blocks)
            for block in 0..<task.blocks where !seen.contains(block) { sample.cache.replaceByUnfilled(block) }
            #expect(sample.attend(kernels, rows: rows, heads: heads).map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    private func plainAttention(_ task: AttentionCase, _ query: [Float], _ keys: [Float], _ values: [Float]) -> [Float]
    {
        (0..<(task.rows * task.heads)).flatMap { index in
            let (row, head) = (index / task.heads, index % task.heads)
            let seen = task.seen(row)
            let scores = seen.map { token in
                var score = 0.0
                for element in 0..<task.keyWidth {
                    score +=
                        Double(query[index * task.keyWidth + element]) * Double(keys[token * task.keyWidth + element])
                }
                score *= Double(AttentionCase.scale)
                let cap = Double(task.softcap)
                if cap != 0 { score = cap * tanh(score / cap) }
                return score + Double(task.slopes?[head] ?? 0) * Double(token - task.firstPosition - row)
            }
            let sink = task.sinks.map { Double($0[head]) }
            let largest = max(scores.max() ?? 0, sink ?? -.infinity)
            let weights = scores.map { exp($0 - largest) }
            let sum = weights.reduce(sink.map { exp($0 - largest) } ?? 0, +)
            var result = [Double](repeating: 0, count: task.valueWidth)
            for (token, weight) in zip(seen, weights) {
                for element in 0..<task.valueWidth {
                    result[element] += weight / sum * Double(values[token * task.valueWidth + element])
                }
            }
            return result.map(Float.init)
        }
    }
}

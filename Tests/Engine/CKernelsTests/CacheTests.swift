import CKernels
import TestSupport
import Testing

@Suite("Types of the KV cache", .computing)
struct CacheTests {
    private static let task = AttentionCase(rows: 45, width: 64)

    @Test("what is kept lies within a step of what was stored", arguments: CacheKernels.all)
    func accuracy(kernels: CacheKernels) throws {
        var numbers = SampleNumbers(seed: 21)
        let sample = AttentionSample(Self.task, kernels, &numbers)
        let kept = sample.cache.rawContents(Self.task.rows)
        for (plain, kept) in [(sample.keys, kept.keys), (sample.values, kept.values)] {
            let stored = sample.cache.rotated(plain, Self.task.keyWidth)
            for start in stride(from: 0, to: stored.count, by: 32) {
                let block = stored[start..<start + 32]
                let largest = block.map(abs).max() ?? 0
                // Half of a step, and what the scale loses as an f16. The largest of q4_0 may have a twin of the other
                // sign, which is a step away.
                let bound: Float =
                    switch kernels.name {
                    case "f32": 0
                    case "f16": largest / 2048
                    case "q8_0": largest / 127 * 0.57
                    default: largest / 8 * 1.01
                    }
                for index in block.indices { #expect(abs(kept[index] - stored[index]) <= bound) }
            }
        }
    }

    @Test("every table stores the same bytes", arguments: CacheKernels.all)
    func sameBytes(kernels: CacheKernels) throws {
        let generic = try #require(KernelTable.generic?.cache(kernels.name))
        var numbers = SampleNumbers(seed: 22)
        let expected = AttentionSample(Self.task, generic, &numbers).cache.bytes
        numbers = SampleNumbers(seed: 22)
        #expect(AttentionSample(Self.task, kernels, &numbers).cache.bytes == expected)
    }

    @Test("zeros, tiny and huge numbers, and what is no number", arguments: CacheKernels.all)
    func extremes(kernels: CacheKernels) {
        for (number, isKept) in [
            (Float(0), true), (0x1p-30, true), (6e4, true), (-6e4, true), (.infinity, false), (.nan, false),
        ] {
            var numbers = SampleNumbers(seed: 23)
            let sample = AttentionSample(AttentionCase(width: 32), kernels, &numbers) { keys, values in
                keys = [Float](repeating: number, count: 32)
                values = keys
            }
            let kept = sample.cache.contents(1)
            for found in kept.keys + kept.values {
                #expect(isKept ? abs(found - number) <= abs(number) / 100 + 0x1p-20 : !found.isFinite, "\(number)")
            }
        }
    }

    @Test("conversion to f16 rounds to nearest even", arguments: CacheKernels.all.filter { $0.name == "f16" })
    func halves(kernels: CacheKernels) {
        var numbers = SampleNumbers(seed: 5)
        var values = (0..<4000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next() >> 20)) }
        values += (0..<4000).map { _ in
            numbers.float() * Float(sign: .plus, exponent: Int(numbers.next() % 40) - 28, significand: 1)
        }
        values += [
            0, -0, 65504, 65519.99, 65520, .infinity, -.infinity, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1.002p0, 0x1.006p0,
        ]
        values = values.filter { !$0.isNaN }
        let cache = PagedCache(AttentionCase(width: values.count), kernels)
        cache.store(0, key: values, value: values)
        let kept = cache.contents(1)
        for (index, value) in values.enumerated() {
            #expect(isNearestHalf(kept.values[index], to: value), "\(value) became \(kept.values[index])")
            #expect(kept.keys[index] == kept.values[index])
        }
    }

    /// Whether `half`, an f16 number, is the nearest one to `value`; of two equally near, the even one.
    private func isNearestHalf(_ half: Float, to value: Float) -> Bool {
        if abs(value) >= 65520 { return half.isInfinite && half.sign == value.sign }
        let step = Float(sign: .plus, exponent: max(value == 0 ? -14 : Int(value.exponent), -14) - 10, significand: 1)
        return half == (value / step).rounded(.toNearestOrEven) * step && half.sign == value.sign
    }
}

import CKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One attention task with its cache, in blocks that lie apart and out of order.
struct AttentionCase: Sendable, CustomStringConvertible {
    var rows = 1
    var heads = 1
    var width = 64
    var blockTokens = 32
    var firstPosition = 0
    var window = 0
    /// Multiplies queries: large ones make the softmax sharp.
    var sharpness: Float = 1

    var description: String {
        "\(rows) rows × \(heads) heads × \(width) from \(firstPosition), blocks of \(blockTokens), "
            + "window \(window), × \(sharpness)"
    }

    static let all: [Self] = [
        Self(), Self(rows: 5), Self(heads: 4, firstPosition: 31), Self(heads: 4, firstPosition: 32),
        Self(rows: 33, heads: 4), Self(rows: 7, heads: 3, width: 128, firstPosition: 60),
        Self(rows: 40, heads: 8, width: 80, blockTokens: 16, firstPosition: 3),
        Self(rows: 6, heads: 2, width: 72, blockTokens: 20, firstPosition: 50),
        Self(rows: 2, heads: 2, width: 36, blockTokens: 8, firstPosition: 21),
        Self(rows: 2, heads: 5, width: 256, firstPosition: 100),
        Self(rows: 64, heads: 2, firstPosition: 10, window: 16),
        Self(rows: 3, heads: 4, firstPosition: 200, window: 33),
        Self(heads: 4, firstPosition: 300, window: 1), Self(rows: 9, heads: 7, firstPosition: 90, sharpness: 60),
        Self(rows: 2, heads: 4, firstPosition: 1500),
    ]
}

@Suite("Attention")
struct AttendTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let bound: Float = 1e-5

    @Test("agrees with a plain loop in double precision", arguments: tables, AttentionCase.all)
    func matchesPlainLoop(table: KernelTable, task: AttentionCase) {
        var numbers = SampleNumbers(seed: 8)
        let positions = task.firstPosition + task.rows
        let keys = cache(positions, task, &numbers), values = cache(positions, task, &numbers)
        let query = numbers.floats(task.rows * task.heads * task.width).map { $0 * task.sharpness }
        let found = attend(table, task, query, keys.halves, values.halves)
        let expected = plainAttention(task, query, keys.floats, values.floats)
        #expect(relativeError(found, expected) <= Self.bound)
    }

    /// Random f16 numbers and what they are as floats.
    private func cache(_ positions: Int, _ task: AttentionCase, _ numbers: inout SampleNumbers) -> (
        halves: [UInt16], floats: [Float]
    ) {
        // f16 of random sign between 2^-3 and 2
        let halves = (0..<(positions * task.width)).map { _ in
            0x3000 + UInt16(truncatingIfNeeded: numbers.next() >> 33) & 0x8FFF
        }
        let floats =
            halves.withUnsafeBytes { KernelTable.generic?.format(1)?.dequantize([UInt8]($0), count: halves.count) }
            ?? []
        return (halves, floats)
    }

    private func attend(
        _ table: KernelTable, _ task: AttentionCase, _ query: [Float], _ keys: [UInt16], _ values: [UInt16]
    ) -> [Float] {
        let operations = table.operations
        let padding = 5
        let rowWidth = task.heads * task.width
        let stride = rowWidth + padding
        var strided = [Float](repeating: .nan, count: task.rows * stride)
        for row in 0..<task.rows {
            for index in 0..<rowWidth { strided[row * stride + index] = query[row * rowWidth + index] }
        }
        var out = [Float](repeating: -7, count: task.rows * stride)
        let scratchCount = operations.attend_scratch(task.rows, task.heads, task.width, task.blockTokens)
        var scratch = [Float](repeating: .nan, count: scratchCount + 1)
        let keyBlocks = PagedCache(keys, task), valueBlocks = PagedCache(values, task)
        strided.withUnsafeBufferPointer { query in
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    var attention = ck_attention(
                        rows: task.rows, heads: task.heads, head_width: task.width, block_tokens: task.blockTokens,
                        first_position: task.firstPosition, window: task.window, scale: 0.125,
                        query: query.baseAddress, query_stride: stride, keys: keyBlocks.pointers.baseAddress,
                        values: valueBlocks.pointers.baseAddress, out: out.baseAddress, out_stride: stride,
                        scratch: scratch.baseAddress)
                    operations.attend(&attention)
                }
            }
        }
        withExtendedLifetime((keyBlocks, valueBlocks)) {}
        #expect(scratch[scratchCount].isNaN, "wrote beyond the scratch memory")
        return (0..<task.rows).flatMap { row in
            #expect(out[(row * stride + rowWidth)..<((row + 1) * stride)].allSatisfy { $0 == -7 })
            return Array(out[(row * stride)..<(row * stride + rowWidth)])
        }
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

/// Blocks that lie in memory in reverse order. What no token fills is NaN.
private final class PagedCache {
    private let memory: UnsafeMutableBufferPointer<UInt16>
    let pointers: UnsafeMutableBufferPointer<UnsafePointer<UInt16>?>

    init(_ halves: [UInt16], _ task: AttentionCase) {
        let blockSize = task.blockTokens * task.width
        let count = (halves.count + blockSize - 1) / blockSize
        memory = .allocate(capacity: count * blockSize)
        memory.initialize(repeating: 0x7E00)
        pointers = .allocate(capacity: count)
        pointers.initialize(repeating: nil)
        for block in 0..<count {
            let start = (count - 1 - block) * blockSize
            for index in 0..<min(blockSize, halves.count - block * blockSize) {
                memory[start + index] = halves[block * blockSize + index]
            }
            pointers[block] = memory.baseAddress.map { UnsafePointer($0 + start) }
        }
    }

    deinit {
        memory.deallocate()
        pointers.deallocate()
    }
}

import CKernels
import Testing

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

/// A case with numbers, which may be computed in parts.
struct AttentionSample {
    /// Random f16 numbers and what they are as floats.
    struct Cache {
        let halves: [UInt16]
        let floats: [Float]

        init(_ task: AttentionCase, _ numbers: inout SampleNumbers) {
            // of random sign between 2^-3 and 2
            let halves = (0..<((task.firstPosition + task.rows) * task.width)).map { _ in
                0x3000 + UInt16(truncatingIfNeeded: numbers.next() >> 33) & 0x8FFF
            }
            let format = KernelTable.generic?.format(1)
            floats = halves.withUnsafeBytes { format?.dequantize([UInt8]($0), count: halves.count) } ?? []
            self.halves = halves
        }
    }

    let task: AttentionCase
    let query: [Float]
    let keys: Cache
    let values: Cache

    init(_ task: AttentionCase, _ numbers: inout SampleNumbers) {
        self.task = task
        keys = Cache(task, &numbers)
        values = Cache(task, &numbers)
        query = numbers.floats(task.rows * task.heads * task.width).map { $0 * task.sharpness }
    }

    /// The result [row][head][element] of some rows and heads, computed as one task. What it should not read is NaN.
    func attend(_ table: KernelTable, rows: Range<Int>, heads: Range<Int>) -> [Float] {
        let operations = table.operations
        let padding = 5
        let rowWidth = heads.count * task.width
        let stride = rowWidth + padding
        var strided = [Float](repeating: .nan, count: rows.count * stride)
        for row in 0..<rows.count {
            let start = ((rows.lowerBound + row) * task.heads + heads.lowerBound) * task.width
            for index in 0..<rowWidth { strided[row * stride + index] = query[start + index] }
        }
        var out = [Float](repeating: -7, count: rows.count * stride)
        let scratchCount = operations.attend_scratch(rows.count, heads.count, task.width, task.blockTokens)
        var scratch = [Float](repeating: .nan, count: scratchCount + 1)
        let visible = (task.firstPosition + rows.upperBound) * task.width
        let keyBlocks = PagedCache(Array(keys.halves.prefix(visible)), task)
        let valueBlocks = PagedCache(Array(values.halves.prefix(visible)), task)
        strided.withUnsafeBufferPointer { query in
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    var attention = ck_attention(
                        rows: rows.count, heads: heads.count, head_width: task.width, block_tokens: task.blockTokens,
                        first_position: task.firstPosition + rows.lowerBound, window: task.window, scale: 0.125,
                        query: query.baseAddress, query_stride: stride, keys: keyBlocks.pointers.baseAddress,
                        values: valueBlocks.pointers.baseAddress, out: out.baseAddress, out_stride: stride,
                        scratch: scratch.baseAddress)
                    operations.attend(&attention)
                }
            }
        }
        withExtendedLifetime((keyBlocks, valueBlocks)) {}
        #expect(scratch[scratchCount].isNaN, "wrote beyond the scratch memory")
        return (0..<rows.count).flatMap { row in
            #expect(out[(row * stride + rowWidth)..<((row + 1) * stride)].allSatisfy { $0 == -7 })
            return Array(out[(row * stride)..<(row * stride + rowWidth)])
        }
    }

    /// The whole result from tasks of some rows and heads.
    func inParts(_ table: KernelTable, rowStep: Int, headStep: Int) -> [Float] {
        var result = [Float](repeating: .nan, count: query.count)
        for row in stride(from: 0, to: task.rows, by: rowStep) {
            for head in stride(from: 0, to: task.heads, by: headStep) {
                let rows = row..<min(row + rowStep, task.rows), heads = head..<min(head + headStep, task.heads)
                let part = attend(table, rows: rows, heads: heads)
                let width = heads.count * task.width
                for index in part.indices {
                    let start = ((row + index / width) * task.heads + head) * task.width
                    result[start + index % width] = part[index]
                }
            }
        }
        return result
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

import CKernels
import TestSupport
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
        Self(rows: 2, heads: 4, firstPosition: 1500), Self(heads: 4, width: 96, firstPosition: 260),
        Self(rows: 3, heads: 16, firstPosition: 127), Self(rows: 4, width: 32, firstPosition: 254),
    ]
}

/// A case with numbers in a cache, which may be computed in parts.
struct AttentionSample {
    let task: AttentionCase
    let query: [Float]
    /// As they were before they were stored: [position][element].
    let keys: [Float]
    let values: [Float]
    let cache: PagedCache

    /// - Parameter change: makes other keys and values of the random ones.
    init(
        _ task: AttentionCase, _ kernels: CacheKernels, _ numbers: inout SampleNumbers,
        change: (_ keys: inout [Float], _ values: inout [Float]) -> Void = { _, _ in }
    ) {
        self.task = task
        let count = (task.firstPosition + task.rows) * task.width
        var keys = numbers.floats(count)
        var values = numbers.floats(count)
        change(&keys, &values)
        self.keys = keys
        self.values = values
        query = numbers.floats(task.rows * task.heads * task.width).map { $0 * task.sharpness }
        cache = PagedCache(task, kernels)
        for position in 0..<task.firstPosition + task.rows {
            let elements = position * task.width..<(position + 1) * task.width
            cache.store(position, key: Array(keys[elements]), value: Array(values[elements]))
        }
    }

    /// The result [row][head][element] of some rows and heads, computed as one task, or as one for every `tilesOfTask`
    /// tiles, the last ones first.
    func attend(_ kernels: CacheKernels, rows: Range<Int>, heads: Range<Int>, tilesOfTask: Int? = nil) -> [Float] {
        let padding = 5
        let rowWidth = heads.count * task.width
        let stride = rowWidth + padding
        var strided = [Float](repeating: .nan, count: rows.count * stride)
        for row in 0..<rows.count {
            let start = ((rows.lowerBound + row) * task.heads + heads.lowerBound) * task.width
            for index in 0..<rowWidth { strided[row * stride + index] = query[start + index] }
        }
        var out = [Float](repeating: -7, count: rows.count * stride)
        let scratchCount = kernels.row.scratch(rows.count, heads.count, task.width, task.blockTokens)
        var scratch = [Float](repeating: .nan, count: scratchCount + 1)
        let tiles = (task.firstPosition + rows.upperBound - 1) / ck_attend_tile_tokens(task.blockTokens) + 1
        let recordCount = tilesOfTask == nil ? 0 : rows.count * heads.count * tiles * kernels.row.record(task.width)
        var records = [Float](repeating: .nan, count: recordCount + 1)
        strided.withUnsafeBufferPointer { query in
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    records.withUnsafeMutableBufferPointer { records in
                        var attention = ck_attention(
                            rows: rows.count, heads: heads.count, head_width: task.width,
                            block_tokens: task.blockTokens, first_position: task.firstPosition + rows.lowerBound,
                            window: task.window, scale: 0.125, query: query.baseAddress, query_stride: stride,
                            keys: cache.keys.baseAddress, values: cache.values.baseAddress, out: out.baseAddress,
                            out_stride: stride, scratch: scratch.baseAddress,
                            records: tilesOfTask == nil ? nil : records.baseAddress, record_tiles: tiles,
                            first_tile: 0, end_tile: 0)
                        guard let tilesOfTask else { return kernels.row.attend(&attention) }
                        for first in Swift.stride(from: 0, to: tiles, by: tilesOfTask).reversed() {
                            attention.first_tile = first
                            attention.end_tile = min(first + tilesOfTask, tiles)
                            kernels.row.attend(&attention)
                        }
                        kernels.row.merge(&attention)
                    }
                }
            }
        }
        #expect(scratch[scratchCount].isNaN, "wrote beyond the scratch memory")
        #expect(records[recordCount].isNaN, "wrote beyond the records")
        return (0..<rows.count).flatMap { row in
            #expect(out[(row * stride + rowWidth)..<((row + 1) * stride)].allSatisfy { $0 == -7 })
            return Array(out[(row * stride)..<(row * stride + rowWidth)])
        }
    }

    /// The whole result from tasks of some rows and heads.
    func inParts(_ kernels: CacheKernels, rowStep: Int, headStep: Int) -> [Float] {
        var result = [Float](repeating: .nan, count: query.count)
        for row in stride(from: 0, to: task.rows, by: rowStep) {
            for head in stride(from: 0, to: task.heads, by: headStep) {
                let rows = row..<min(row + rowStep, task.rows), heads = head..<min(head + headStep, task.heads)
                let part = attend(kernels, rows: rows, heads: heads)
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

import CKernels
import TestSupport
import Testing

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
        var keys = numbers.floats(task.positions * task.keyWidth)
        var values = numbers.floats(task.positions * task.valueWidth)
        change(&keys, &values)
        self.keys = keys
        self.values = values
        query = numbers.floats(task.rows * task.heads * task.keyWidth).map { $0 * task.sharpness }
        cache = PagedCache(task, kernels)
        for position in 0..<task.positions {
            cache.store(
                position, key: Array(keys[position * task.keyWidth..<(position + 1) * task.keyWidth]),
                value: Array(values[position * task.valueWidth..<(position + 1) * task.valueWidth]))
        }
    }

    /// The result [row][head][element] of some rows and heads, computed as one task, or as one for every `tilesOfTask`
    /// tiles, the last ones first.
    func attend(_ kernels: CacheKernels, rows: Range<Int>, heads: Range<Int>, tilesOfTask: Int? = nil) -> [Float] {
        let padding = 5
        let queryWidth = heads.count * task.keyWidth, outWidth = heads.count * task.valueWidth
        let (queryStride, outStride) = (queryWidth + padding, outWidth + padding)
        var strided = [Float](repeating: .nan, count: rows.count * queryStride)
        for row in 0..<rows.count {
            let start = ((rows.lowerBound + row) * task.heads + heads.lowerBound) * task.keyWidth
            for index in 0..<queryWidth { strided[row * queryStride + index] = query[start + index] }
        }
        let seen = rows.map { row in
            let range = task.seen(row)
            return ck_positions(first: UInt32(range.lowerBound), end: UInt32(range.upperBound))
        }
        let tiles = ((rows.map { task.seen($0).upperBound }.max() ?? 0) - 1) / task.tileTokens + 1
        var out = [Float](repeating: -7, count: rows.count * outStride)
        let scratchCount = kernels.row.scratch(
            rows.count, heads.count, task.keyWidth, task.valueWidth, task.blockTokens)
        var scratch = [Float](repeating: .nan, count: scratchCount + 1)
        let recordFloats = rows.count * heads.count * tiles * kernels.row.record(task.valueWidth)
        let recordCount = tilesOfTask == nil ? 0 : recordFloats
        var records = [Float](repeating: .nan, count: recordCount + 1)
        let sinks = task.sinks.map { Array($0[heads]) }, slopes = task.slopes.map { Array($0[heads]) }

        var attention = ck_attention()
        attention.rows = rows.count
        attention.heads = heads.count
        attention.key_width = task.keyWidth
        attention.value_width = task.valueWidth
        attention.block_tokens = task.blockTokens
        attention.first_position = task.firstPosition + rows.lowerBound
        attention.scale = AttentionCase.scale
        attention.softcap = task.softcap
        attention.query_stride = queryStride
        attention.keys = UnsafePointer(cache.keys.baseAddress)
        attention.values = UnsafePointer(cache.values.baseAddress)
        attention.out_stride = outStride
        attention.record_tiles = tiles
        withBaseAddresses(seen, strided, sinks, slopes) { seen, query, sinks, slopes in
            attention.seen = seen
            attention.query = query
            attention.sinks = sinks
            attention.slopes = slopes
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    records.withUnsafeMutableBufferPointer { records in
                        attention.out = out.baseAddress
                        attention.scratch = scratch.baseAddress
                        guard let tilesOfTask else { return kernels.row.attend(&attention) }
                        attention.records = records.baseAddress
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
            #expect(out[(row * outStride + outWidth)..<((row + 1) * outStride)].allSatisfy { $0 == -7 })
            return Array(out[(row * outStride)..<(row * outStride + outWidth)])
        }
    }

    private func withBaseAddresses(
        _ seen: [ck_positions], _ query: [Float], _ sinks: [Float]?, _ slopes: [Float]?,
        _ body: (
            UnsafePointer<ck_positions>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?
        ) -> Void
    ) {
        seen.withUnsafeBufferPointer { seen in
            query.withUnsafeBufferPointer { query in
                (sinks ?? []).withUnsafeBufferPointer { sinkFloats in
                    (slopes ?? []).withUnsafeBufferPointer { slopeFloats in
                        body(
                            seen.baseAddress, query.baseAddress, sinks == nil ? nil : sinkFloats.baseAddress,
                            slopes == nil ? nil : slopeFloats.baseAddress)
                    }
                }
            }
        }
    }

    /// The whole result from tasks of some rows and heads.
    func inParts(_ kernels: CacheKernels, rowStep: Int, headStep: Int) -> [Float] {
        var result = [Float](repeating: .nan, count: task.rows * task.heads * task.valueWidth)
        for row in stride(from: 0, to: task.rows, by: rowStep) {
            for head in stride(from: 0, to: task.heads, by: headStep) {
                let rows = row..<min(row + rowStep, task.rows), heads = head..<min(head + headStep, task.heads)
                let part = attend(kernels, rows: rows, heads: heads)
                let width = heads.count * task.valueWidth
                for index in part.indices {
                    let start = ((row + index / width) * task.heads + head) * task.valueWidth
                    result[start + index % width] = part[index]
                }
            }
        }
        return result
    }
}

import CKernels
import Compute

/// Stores the batch's keys and values in the cache, then attends.
struct AttendStep: CompiledStep, @unchecked Sendable {
    private let query: Rows
    private let key: Rows
    private let value: Rows
    private let output: Rows
    private let layer: AttentionLayer
    private let cache: CacheMemory.Layer
    private let rotation: RotationTable?
    private let operations: ck_operations
    private let layout: ScratchLayout

    /// Offsets in bytes into a worker's scratch.
    private struct ScratchLayout {
        let values: Int
        let rotated: Int
        let kernel: Int
        let end: Int

        init(_ layer: AttentionLayer, _ limits: ExecutionLimits, _ operations: ck_operations) {
            let blocks = limits.contextLength.dividedRoundingUp(by: limits.blockTokens)
            let group = layer.heads / layer.kvHeads
            let chunk = min(BoundBatch.chunkRows, limits.maximumRows)
            values = (blocks * MemoryLayout<UnsafePointer<UInt16>>.stride).roundedUpToCacheLine
            rotated = 2 * values
            kernel = rotated + (chunk * group * layer.headWidth * MemoryLayout<Float>.stride).roundedUpToCacheLine
            let floats = (1...chunk).reduce(0) { most, rows in
                max(most, operations.attend_scratch(rows, group, layer.headWidth, limits.blockTokens))
            }
            end = kernel + floats * MemoryLayout<Float>.stride
        }
    }

    var scratchBytes: Int { layout.end }

    private var group: Int { layer.heads / layer.kvHeads }

    init(
        query: Rows, key: Rows, value: Rows, output: Rows, layer: AttentionLayer, cache: CacheMemory.Layer,
        rotation: RotationTable?, limits: ExecutionLimits, operations: ck_operations
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.output = output
        self.layer = layer
        self.cache = cache
        self.rotation = rotation
        self.operations = operations
        layout = ScratchLayout(layer, limits, operations)
    }

    func perform(_ context: StepContext) {
        let batch = context.batch
        let parts = parts(batch, workers: context.worker.count)
        if batch.isSingleRows, parts == 1 {
            // A row of its own sees no other row of the batch: whoever stores a head can attend to it at once.
            context.worker.share(batch.chunkCount * layer.kvHeads) { task in
                let chunk = batch.chunks[task / layer.kvHeads]
                let kvHead = task % layer.kvHeads
                store(row: chunk.firstRow, kvHeads: kvHead..<kvHead + 1, context)
                attend(chunk, kvHead: kvHead, heads: 0..<group, context)
            }
            return
        }
        context.worker.shareRows(batch.rowCount, step: 8) { rows in
            for row in rows { store(row: row, kvHeads: 0..<layer.kvHeads, context) }
        }
        context.worker.waitForShares()
        let partWidth = group / parts
        context.worker.share(batch.chunkCount * layer.kvHeads * parts) { task in
            let part = task % parts
            attend(
                batch.chunks[task / parts / layer.kvHeads], kvHead: task / parts % layer.kvHeads,
                heads: part * partWidth..<(part + 1) * partWidth, context)
        }
    }

    /// Into how many tasks the query heads that share a key/value head are split: more where there would be too few
    /// tasks for all workers, and enough positions that reading the keys again costs less than idling.
    private func parts(_ batch: BoundBatch, workers: Int) -> Int {
        let tasks = batch.chunkCount * layer.kvHeads
        guard batch.deepest >= 256, tasks < 4 * workers, tasks % workers != 0 else { return 1 }
        return (1...group).first { group % $0 == 0 && tasks * $0 >= 4 * workers } ?? group
    }

    private func store(row: Int, kvHeads: Range<Int>, _ context: StepContext) {
        let span = context.batch.spans[Int(context.batch.spanOfRow[row])]
        let position = Int(context.batch.positions[row])
        let block = span.blocks[position / cache.blockTokens]
        let offset = position % cache.blockTokens * layer.headWidth
        for kvHead in kvHeads {
            var key = UnsafePointer(self.key[row] + kvHead * layer.headWidth)
            if let rotation {
                let rotated = context.scratchFloats(at: layout.rotated)
                rotation.rotate(row: row, heads: 1, headWidth: layer.headWidth, key, rotated)
                key = UnsafePointer(rotated)
            }
            operations.f32_to_f16(layer.headWidth, key, cache.keys(block: block, kvHead: kvHead) + offset)
            operations.f32_to_f16(
                layer.headWidth, value[row] + kvHead * layer.headWidth,
                cache.values(block: block, kvHead: kvHead) + offset)
        }
    }

    /// `heads` counts within the group of `kvHead`.
    private func attend(_ chunk: BoundBatch.Chunk, kvHead: Int, heads: Range<Int>, _ context: StepContext) {
        let span = context.batch.spans[chunk.span]
        let firstPosition = span.firstPosition + chunk.firstRow - span.firstRow
        let blockCount = (firstPosition + chunk.rowCount).dividedRoundingUp(by: cache.blockTokens)
        let keys = context.scratch.assumingMemoryBound(to: UnsafePointer<UInt16>?.self)
        let values = (context.scratch + layout.values).assumingMemoryBound(to: UnsafePointer<UInt16>?.self)
        for index in 0..<blockCount {
            let pointer = UnsafePointer(cache.keys(block: span.blocks[index], kvHead: kvHead))
            keys[index] = pointer
            values[index] = pointer + cache.valuesOffset
        }

        let first = (kvHead * group + heads.lowerBound) * layer.headWidth
        var queries = UnsafePointer(query[chunk.firstRow] + first)
        var queryStride = query.width
        if let rotation {
            let rotated = context.scratchFloats(at: layout.rotated)
            queryStride = heads.count * layer.headWidth
            for row in 0..<chunk.rowCount {
                rotation.rotate(
                    row: chunk.firstRow + row, heads: heads.count, headWidth: layer.headWidth,
                    query[chunk.firstRow + row] + first, rotated + row * queryStride)
            }
            queries = UnsafePointer(rotated)
        }
        var task = ck_attention(
            rows: chunk.rowCount, heads: heads.count, head_width: layer.headWidth, block_tokens: cache.blockTokens,
            first_position: firstPosition, window: layer.window ?? 0, scale: layer.scale, query: queries,
            query_stride: queryStride, keys: UnsafePointer(keys), values: UnsafePointer(values),
            out: output[chunk.firstRow] + first, out_stride: output.width,
            scratch: context.scratchFloats(at: layout.kernel))
        operations.attend(&task)
    }
}

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
    private let records: AttentionRecords
    private let layout: ScratchLayout

    /// Offsets in bytes into a worker's scratch.
    private struct ScratchLayout {
        let values: Int
        let rotated: Int
        let kernel: Int
        let end: Int

        init(_ layer: AttentionLayer, _ limits: ExecutionLimits, _ type: ck_cache) {
            let blocks = limits.contextLength.dividedRoundingUp(by: limits.blockTokens)
            let group = layer.heads / layer.kvHeads
            let chunk = min(BoundBatch.chunkRows, limits.maximumRows)
            values = (blocks * MemoryLayout<UnsafeRawPointer>.stride).roundedUpToCacheLine
            rotated = 2 * values
            kernel = rotated + (chunk * group * layer.headWidth * MemoryLayout<Float>.stride).roundedUpToCacheLine
            let floats = (1...chunk).reduce(0) { most, rows in
                max(most, type.scratch(rows, group, layer.headWidth, limits.blockTokens))
            }
            end = kernel + floats * MemoryLayout<Float>.stride
        }
    }

    /// The part of the work that one task has: query rows, a key/value head, and some of the tiles of positions.
    private struct Part {
        let chunk: BoundBatch.Chunk
        let kvHead: Int
        let index: Int
        let count: Int

        var isLast: Bool { index == count - 1 }
    }

    var scratchBytes: Int { layout.end }

    private var group: Int { layer.heads / layer.kvHeads }
    private var type: ck_cache { cache.layout.type.pointee }

    init(
        query: Rows, key: Rows, value: Rows, output: Rows, layer: AttentionLayer, cache: CacheMemory.Layer,
        rotation: RotationTable?, records: AttentionRecords, limits: ExecutionLimits
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.output = output
        self.layer = layer
        self.cache = cache
        self.rotation = rotation
        self.records = records
        layout = ScratchLayout(layer, limits, cache.layout.type.pointee)
    }

    func perform(_ context: StepContext) {
        let batch = context.batch
        let parts = records.parts(batch, kvHeads: layer.kvHeads, workers: context.worker.count)
        // A row of its own sees no other row of the batch: whoever attends to its position can store it before.
        let storesFirst = batch.isSingleRows
        if !storesFirst {
            context.worker.share(batch.chunkCount * layer.kvHeads) { task in
                store(batch.chunks[task / layer.kvHeads], kvHead: task % layer.kvHeads, context)
            }
            context.worker.waitForShares()
        }
        context.worker.share(batch.chunkCount * layer.kvHeads * parts) { task in
            let part = Part(
                chunk: batch.chunks[task / parts / layer.kvHeads], kvHead: task / parts % layer.kvHeads,
                index: task % parts, count: parts)
            if storesFirst, part.isLast { store(part.chunk, kvHead: part.kvHead, context) }
            attend(part, context)
        }
        guard parts > 1 else { return }
        context.worker.waitForShares()
        context.worker.share(batch.chunkCount * layer.kvHeads) { task in
            merge(batch.chunks[task / layer.kvHeads], kvHead: task % layer.kvHeads, context)
        }
    }

    private func store(_ chunk: BoundBatch.Chunk, kvHead: Int, _ context: StepContext) {
        let span = context.batch.spans[chunk.span]
        for row in chunk.firstRow..<chunk.firstRow + chunk.rowCount {
            let position = Int(context.batch.positions[row])
            let tile = cache.keys(block: span.blocks[position / cache.blockTokens], kvHead: kvHead)
            var key = UnsafePointer(self.key[row] + kvHead * layer.headWidth)
            if let rotation {
                let rotated = context.scratchFloats(at: layout.rotated)
                rotation.rotate(row: row, heads: 1, headWidth: layer.headWidth, key, rotated)
                key = UnsafePointer(rotated)
            }
            let token = position % cache.blockTokens
            type.store_key(layer.headWidth, key, token, tile)
            type.store_value(
                layer.headWidth, value[row] + kvHead * layer.headWidth, token, tile + cache.valuesOffset)
        }
    }

    private func attend(_ part: Part, _ context: StepContext) {
        let chunk = part.chunk
        let first = part.kvHead * group * layer.headWidth
        var task = task(chunk, kvHead: part.kvHead, context)
        let span = context.batch.spans[chunk.span]
        let blockCount = (task.first_position + chunk.rowCount).dividedRoundingUp(by: cache.blockTokens)
        let keys = context.scratch.assumingMemoryBound(to: UnsafeRawPointer?.self)
        let values = (context.scratch + layout.values).assumingMemoryBound(to: UnsafeRawPointer?.self)
        for index in 0..<blockCount {
            let pointer = UnsafeRawPointer(cache.keys(block: span.blocks[index], kvHead: part.kvHead))
            keys[index] = pointer
            values[index] = pointer + cache.valuesOffset
        }
        task.keys = UnsafePointer(keys)
        task.values = UnsafePointer(values)

        task.query = UnsafePointer(query[chunk.firstRow] + first)
        task.query_stride = query.width
        if let rotation {
            let rotated = context.scratchFloats(at: layout.rotated)
            task.query_stride = group * layer.headWidth
            for row in 0..<chunk.rowCount {
                rotation.rotate(
                    row: chunk.firstRow + row, heads: group, headWidth: layer.headWidth,
                    query[chunk.firstRow + row] + first, rotated + row * task.query_stride)
            }
            task.query = UnsafePointer(rotated)
        }
        if part.count > 1 {
            let tiles = blockCount.dividedRoundingUp(by: records.tileTokens / cache.blockTokens)
            let oldest = layer.window.map { max(0, task.first_position + 1 - $0) / records.tileTokens } ?? 0
            task.records = records.address(
                chunk, kvHead: part.kvHead, layer, recordFloats: type.record(layer.headWidth))
            task.first_tile = oldest + (tiles - oldest) * part.index / part.count
            task.end_tile = oldest + (tiles - oldest) * (part.index + 1) / part.count
        }
        type.attend(&task)
    }

    private func merge(_ chunk: BoundBatch.Chunk, kvHead: Int, _ context: StepContext) {
        var task = task(chunk, kvHead: kvHead, context)
        task.records = records.address(chunk, kvHead: kvHead, layer, recordFloats: type.record(layer.headWidth))
        type.merge(&task)
    }

    /// The task without what it reads.
    private func task(_ chunk: BoundBatch.Chunk, kvHead: Int, _ context: StepContext) -> ck_attention {
        var task = ck_attention()
        task.rows = chunk.rowCount
        task.heads = group
        task.head_width = layer.headWidth
        task.block_tokens = cache.blockTokens
        task.first_position = Int(context.batch.positions[chunk.firstRow])
        task.window = layer.window ?? 0
        task.scale = layer.scale
        task.out = output[chunk.firstRow] + kvHead * group * layer.headWidth
        task.out_stride = output.width
        task.scratch = context.scratchFloats(at: layout.kernel)
        task.record_tiles = records.tilesPerRow
        return task
    }
}

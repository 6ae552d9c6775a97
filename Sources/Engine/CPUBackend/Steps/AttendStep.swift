import CKernels
import Compute
import Workers

/// Stores the batch's keys and values in the cache.
struct StoreStep: CompiledStep {
    private let store: KeyValueStore

    init(_ step: Store, _ compiler: StepCompiler) throws(ComputeError) {
        store = try KeyValueStore(step, compiler)
    }

    var scratchBytes: Int { store.scratchBytes }

    func perform(_ context: StepContext) {
        let batch = context.batch
        context.worker.share(batch.chunkCount * store.heads) { task in
            store.perform(
                batch.chunks[task / store.heads], head: task % store.heads, context, scratch: context.scratchFloats())
        }
    }
}

/// Where keys and values come from, and where they go.
private struct KeyValueStore: @unchecked Sendable {
    private let key: Rows
    private let value: Rows
    private let norm: NormalizationKernel?
    private let rotation: RotationTable?
    private let cache: CacheMemory.KeysAndValues
    private let group: Int
    private let keyWidth: Int
    private let valueWidth: Int
    let heads: Int

    init(_ step: Store, _ compiler: StepCompiler) throws(ComputeError) {
        key = try compiler.rows(step.key)
        value = try compiler.rows(step.value)
        norm = try compiler.groupNormalization(step.keyNorm)
        rotation = try compiler.table(step.rotation)
        cache = try compiler.cache.keysAndValues(step.layer)
        group = step.layer.group
        guard case .keysAndValues(let heads, let keyWidth, let valueWidth) = step.layer.content else {
            throw .unsupported("cache \(step.layer.index) holds no keys")
        }
        self.heads = heads
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
    }

    /// A normalized and rotated key.
    var scratchBytes: Int {
        norm == nil && rotation == nil ? 0 : (keyWidth * MemoryLayout<Float>.stride).roundedUpToCacheLine
    }

    func perform(
        _ chunk: BoundBatch.Chunk, head: Int, _ context: StepContext, scratch: UnsafeMutablePointer<Float>
    ) {
        let blocks = context.batch.spans[chunk.span].caches[group]
        let type = cache.layout.type.pointee
        for row in chunk.firstRow..<chunk.firstRow + chunk.rowCount {
            let position = Int(context.batch.positions[row])
            let block = blocks[position / cache.blockTokens]
            let token = position % cache.blockTokens
            var key = UnsafePointer(self.key[row] + head * keyWidth)
            if let norm {
                norm(keyWidth, key, scratch)
                key = UnsafePointer(scratch)
            }
            if let rotation {
                rotation.rotate(row: row, heads: 1, headWidth: keyWidth, key, scratch)
                key = UnsafePointer(scratch)
            }
            type.store_key(keyWidth, key, token, cache.keys(block: block, head: head))
            type.store_value(
                valueWidth, value[row] + head * valueWidth, token, cache.values(block: block, head: head))
        }
    }
}

/// Stores the batch's keys and values in the cache where that is its work, then attends.
struct AttendStep: CompiledStep, @unchecked Sendable {
    private let heads: Int
    private let kvHeads: Int
    private let keyWidth: Int
    private let valueWidth: Int
    private let mask: Mask
    private let scale: Float
    private let temperature: AttentionTemperature?
    private let softcap: Float
    /// Of caches.
    private let cacheGroup: Int
    private let query: Rows
    private let output: Rows
    private let store: KeyValueStore?
    private let cache: CacheMemory.KeysAndValues
    private let norm: NormalizationKernel?
    private let rotation: RotationTable?
    private let sinks: UnsafePointer<Float>?
    private let slopes: UnsafePointer<Float>?
    private let operations: UnsafePointer<ck_operations>
    private let records: AttentionRecords
    private let layout: ScratchLayout
    /// Query heads of a task. Heads that share keys are a task's, as many as are worth it.
    private let taskHeads: Int
    /// Tasks of each key/value head.
    private let slices: Int

    private static let mostHeads = 16

    /// Offsets in bytes into a worker's scratch.
    private struct ScratchLayout {
        let values: Int
        let seen: Int
        let prepared: Int
        let kernel: Int
        let end: Int

        init(_ step: Attend, heads: Int, _ limits: ExecutionLimits, _ type: ck_cache) throws(ComputeError) {
            let blocks = limits.contextLength.dividedRoundingUp(by: limits.blockTokens)
            let chunk = min(BoundBatch.chunkRows, limits.maximumRows)
            values = (blocks * MemoryLayout<UnsafeRawPointer>.stride).roundedUpToCacheLine
            seen = 2 * values
            prepared = seen + (chunk * MemoryLayout<ck_positions>.stride).roundedUpToCacheLine
            let purpose = "the workers' scratch"
            let query = try step.keyWidth.times(chunk * heads * MemoryLayout<Float>.stride, for: purpose)
            kernel = prepared + query.roundedUpToCacheLine
            let floats = (1...chunk).reduce(0) { most, rows in
                max(most, type.scratch(rows, heads, step.keyWidth, step.valueWidth, limits.blockTokens))
            }
            end = kernel + floats * MemoryLayout<Float>.stride
        }
    }

    /// The part of the work that one task has: query rows, some heads that share keys, and some of the tiles of positions.
    private struct Part {
        let chunk: BoundBatch.Chunk
        let kvHead: Int
        /// Among the heads that share the key/value head, the first and how many.
        let firstHead: Int
        let heads: Int
        let index: Int
        let count: Int

        var isLast: Bool { index == count - 1 }
    }

    var scratchBytes: Int { layout.end }

    private var type: ck_cache { cache.layout.type.pointee }
    /// Query heads that share a key/value head.
    private var group: Int { heads / kvHeads }

    init(_ step: Attend, _ compiler: StepCompiler) throws(ComputeError) {
        heads = step.heads
        kvHeads = step.kvHeads
        keyWidth = step.keyWidth
        valueWidth = step.valueWidth
        mask = step.mask
        scale = step.scale
        temperature = step.temperature
        softcap = step.softcap ?? 0
        cacheGroup = step.layer.group
        query = try compiler.rows(step.query)
        output = try compiler.rows(step.output)
        store = if let store = step.store { try KeyValueStore(store, compiler) } else { nil }
        cache = try compiler.cache.keysAndValues(step.layer)
        rotation = try compiler.table(step.rotation)
        sinks = try compiler.weights.vector(step.sinks)
        if let values = step.slopes {
            let copy = try compiler.memory.floats(values.count, for: "slopes")
            for (head, slope) in values.enumerated() { copy[head] = slope }
            slopes = UnsafePointer(copy)
        } else {
            slopes = nil
        }
        norm = try compiler.groupNormalization(step.queryNorm)
        operations = compiler.operations
        records = compiler.attentionRecords
        let group = step.heads / step.kvHeads
        slices = group.dividedRoundingUp(by: Self.mostHeads)
        taskHeads = group.dividedRoundingUp(by: slices)
        layout = try ScratchLayout(step, heads: taskHeads, compiler.limits, cache.layout.type.pointee)
    }

    func perform(_ context: StepContext) {
        let batch = context.batch
        let groups = kvHeads * slices
        let parts = records.parts(
            batch, groups: groups, depth: mask.mostVisible(of: batch.deepest), workers: context.worker.count)
        // A row of its own sees no other row of the batch: whoever attends to its position can store it before.
        let storesFirst = batch.isSingleRows && slices == 1
        if let store, !storesFirst {
            context.worker.share(batch.chunkCount * store.heads) { task in
                store.perform(
                    batch.chunks[task / store.heads], head: task % store.heads, context,
                    scratch: context.scratchFloats(at: layout.prepared))
            }
            context.worker.waitForShares()
        }
        context.worker.share(batch.chunkCount * groups * parts) { task in
            let part = part(task / parts, index: task % parts, of: parts, batch)
            if storesFirst, part.isLast {
                store?.perform(
                    part.chunk, head: part.kvHead, context, scratch: context.scratchFloats(at: layout.prepared))
            }
            attend(part, context)
        }
        guard parts > 1 else { return }
        context.worker.waitForShares()
        context.worker.share(batch.chunkCount * groups) { task in
            merge(part(task, index: 0, of: 1, batch), context)
        }
    }

    private func part(_ task: Int, index: Int, of count: Int, _ batch: BoundBatch) -> Part {
        let slice = task % slices
        let first = slice * taskHeads
        return Part(
            chunk: batch.chunks[task / slices / kvHeads], kvHead: task / slices % kvHeads, firstHead: first,
            heads: min(taskHeads, group - first), index: index, count: count)
    }

    private func attend(_ part: Part, _ context: StepContext) {
        let chunk = part.chunk
        let firstHead = part.kvHead * group + part.firstHead
        let first = firstHead * keyWidth
        let seen = visible(chunk, context)
        var task = task(part, seen, context)
        let blocks = context.batch.spans[chunk.span].caches[cacheGroup]
        var (oldest, end) = (UInt32.max, UInt32(0))
        for row in 0..<chunk.rowCount { (oldest, end) = (min(oldest, seen[row].first), max(end, seen[row].end)) }
        let blockCount = Int(end).dividedRoundingUp(by: cache.blockTokens)
        let keys = context.scratch.assumingMemoryBound(to: UnsafeRawPointer?.self)
        let values = (context.scratch + layout.values).assumingMemoryBound(to: UnsafeRawPointer?.self)
        for index in 0..<blockCount {
            keys[index] = UnsafeRawPointer(cache.keys(block: blocks[index], head: part.kvHead))
            values[index] = UnsafeRawPointer(cache.values(block: blocks[index], head: part.kvHead))
        }
        task.keys = UnsafePointer(keys)
        task.values = UnsafePointer(values)

        task.query = UnsafePointer(query[chunk.firstRow] + first)
        task.query_stride = query.width
        if norm != nil || rotation != nil || temperature != nil {
            let prepared = context.scratchFloats(at: layout.prepared)
            task.query_stride = part.heads * keyWidth
            for row in 0..<chunk.rowCount {
                prepare(
                    query[chunk.firstRow + row] + first, row: chunk.firstRow + row, heads: part.heads, context,
                    prepared + row * task.query_stride)
            }
            task.query = UnsafePointer(prepared)
        }
        if part.count > 1 {
            let tiles = blockCount.dividedRoundingUp(by: records.tileTokens / cache.blockTokens)
            let oldestTile = Int(oldest) / records.tileTokens
            task.records = records(part)
            task.first_tile = oldestTile + (tiles - oldestTile) * part.index / part.count
            task.end_tile = oldestTile + (tiles - oldestTile) * (part.index + 1) / part.count
        }
        type.attend(&task)
    }

    /// Normalizes, rotates and scales a row's queries.
    private func prepare(
        _ query: UnsafePointer<Float>, row: Int, heads: Int, _ context: StepContext,
        _ prepared: UnsafeMutablePointer<Float>
    ) {
        let count = heads * keyWidth
        var query = query
        if let norm {
            for first in stride(from: 0, to: count, by: keyWidth) {
                norm(keyWidth, query + first, prepared + first)
            }
            query = UnsafePointer(prepared)
        }
        if let rotation {
            rotation.rotate(row: row, heads: heads, headWidth: keyWidth, query, prepared)
        } else if norm == nil {
            prepared.update(from: query, count: count)
        }
        if let factor = temperature?.factor(at: Int(context.batch.positions[row])), factor != 1 {
            operations.pointee.scale(count, prepared, factor, prepared)
        }
    }

    private func merge(_ part: Part, _ context: StepContext) {
        var task = task(part, visible(part.chunk, context), context)
        task.records = records(part)
        type.merge(&task)
    }

    private func records(_ part: Part) -> UnsafeMutablePointer<Float> {
        records.address(
            part.chunk, firstHead: part.kvHead * group + part.firstHead, heads: heads,
            recordFloats: type.record(valueWidth))
    }

    /// What each row of a chunk sees, in the worker's scratch.
    private func visible(_ chunk: BoundBatch.Chunk, _ context: StepContext) -> UnsafeMutablePointer<ck_positions> {
        let seen = (context.scratch + layout.seen).assumingMemoryBound(to: ck_positions.self)
        let end = context.batch.spans[chunk.span].endPosition
        for row in 0..<chunk.rowCount {
            let position = Int(context.batch.positions[chunk.firstRow + row])
            let range = mask.visible(from: position, end: end)
            seen[row] = ck_positions(first: UInt32(range.lowerBound), end: UInt32(range.upperBound))
        }
        return seen
    }

    /// The task without what it reads.
    private func task(
        _ part: Part, _ seen: UnsafeMutablePointer<ck_positions>, _ context: StepContext
    ) -> ck_attention {
        let firstHead = part.kvHead * group + part.firstHead
        var task = ck_attention()
        task.rows = part.chunk.rowCount
        task.heads = part.heads
        task.key_width = keyWidth
        task.value_width = valueWidth
        task.block_tokens = cache.blockTokens
        task.seen = UnsafePointer(seen)
        task.first_position = Int(context.batch.positions[part.chunk.firstRow])
        task.scale = scale
        task.softcap = softcap
        task.sinks = sinks.map { $0 + firstHead }
        task.slopes = slopes.map { $0 + firstHead }
        task.out = output[part.chunk.firstRow] + firstHead * valueWidth
        task.out_stride = output.width
        task.scratch = context.scratchFloats(at: layout.kernel)
        task.record_tiles = records.tilesPerRow
        return task
    }
}

import CKernels
import Compute

/// Memory for the attention of a few rows to many positions, which is computed a tile at a time by several workers and
/// then merged. Tiles begin at the same positions, and are merged in the same order, also where one worker computes all
/// of them: how often a row is split changes none of its bits.
struct AttentionRecords: @unchecked Sendable {
    /// Rows of a batch whose attention may be split; batches of more have tasks enough.
    private static let maximumRows = 16

    let tileTokens: Int
    /// Of the longest context.
    let tilesPerRow: Int
    private let base: UnsafeMutablePointer<Float>

    /// - Parameter steps: those that share the memory, one after another.
    init(
        _ steps: [Attend], _ layout: CacheLayout, _ limits: ExecutionLimits, _ memory: BufferMemory
    ) throws(ComputeError) {
        tileTokens = ck_attend_tile_tokens(limits.blockTokens)
        tilesPerRow = limits.contextLength.dividedRoundingUp(by: tileTokens)
        let purpose = "partial attention"
        var floats = 0
        for step in steps {
            let record = layout.type.pointee.record(step.valueWidth)
            floats = max(floats, try record.times(step.heads, for: purpose))
        }
        let rows = min(Self.maximumRows, limits.maximumRows)
        base = try memory.floats(
            try floats.times(tilesPerRow, for: purpose).times(rows, for: purpose), for: purpose)
    }

    /// Into how many tasks the attention of a group of heads is split: more than one where there would be too few tasks
    /// for all workers, and tiles enough.
    /// - Parameters:
    ///   - groups: of heads; each is a task of each chunk.
    ///   - depth: positions that a row sees at most.
    func parts(_ batch: BoundBatch, groups: Int, depth: Int, workers: Int) -> Int {
        let tasks = batch.chunkCount * groups
        let tiles = depth / tileTokens
        guard tiles > 1, batch.rowCount <= Self.maximumRows, tasks < 4 * workers, tasks % workers != 0 else { return 1 }
        return min(tiles, (4 * workers).dividedRoundingUp(by: tasks))
    }

    /// Of the first row of a task and its first head.
    /// - Parameter firstHead: among all heads of the row; the task's own lie together for all of its rows.
    func address(
        _ chunk: BoundBatch.Chunk, firstHead: Int, heads: Int, recordFloats: Int
    ) -> UnsafeMutablePointer<Float> {
        base + (chunk.firstRow * heads + firstHead * chunk.rowCount) * tilesPerRow * recordFloats
    }
}

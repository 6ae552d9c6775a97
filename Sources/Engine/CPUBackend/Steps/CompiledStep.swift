import Compute
import Workers

/// A step bound to memory and kernels.
///
/// Every worker performs every step, in the same order, and may be late: what it touches outside of the tasks that it
/// is given must be its own, or unchanging. A step may wait for its shares inside, if all workers do so alike.
protocol CompiledStep: Sendable {
    /// Bytes of memory that each worker needs for itself while it performs the step.
    var scratchBytes: Int { get }
    func perform(_ context: StepContext)
}

/// What a worker is given to perform a step.
struct StepContext {
    let worker: Worker
    let batch: BoundBatch
    /// The worker's own memory, aligned to a cache line. Its contents do not outlive the step.
    let scratch: UnsafeMutableRawPointer

    func scratchFloats(at offset: Int = 0) -> UnsafeMutablePointer<Float> {
        (scratch + offset).assumingMemoryBound(to: Float.self)
    }
}

/// The rows of a value in its slot.
struct Rows: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let width: Int
    let set: RowSet

    subscript(row: Int) -> UnsafeMutablePointer<Float> { base + row * width }
}

extension CompiledStep {
    var scratchBytes: Int { 0 }
}

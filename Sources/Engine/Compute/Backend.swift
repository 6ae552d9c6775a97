/// A device that can run programs.
package protocol Backend: Sendable {
    var name: String { get }
    /// Bytes of a block of `blockTokens` positions of every layer in a KV cache of `type`.
    /// - Throws: `unsupported` where the backend has no such type, or not for this program.
    func cacheBytes(of program: Program, _ type: CacheType, perBlockOf blockTokens: Int) throws(ComputeError) -> Int
    /// Bytes of the copies of weights that it makes where limits let it pack them; 0 where it has no use for any.
    func packedBytes(of program: Program) -> Int
    /// Binds `program` to weights and reserves memory for `limits`.
    func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable
}

/// A program bound to weights and memory. Used by one thread at a time, the engine's.
package protocol Executable: AnyObject {
    var limits: ExecutionLimits { get }
    var vocabularySize: Int { get }
    /// Bytes of the copies of weights that it made.
    var packedBytes: Int { get }
    /// Computes every row of `batch`: fills the cache, and the logits of `batch.outputRows`.
    func run(_ batch: Batch) throws(ComputeError)
    /// The output rows of the last batch.
    var outputCount: Int { get }
    /// Calls `body` once for each task below `tasks`, in parallel on the workers, with the logits of the last batch.
    func withOutputs(tasks: Int, _ body: @Sendable (_ task: Int, _ outputs: OutputLogits) -> Void)
}

extension Backend {
    package func packedBytes(of program: Program) -> Int { 0 }
}

extension Executable {
    package var packedBytes: Int { 0 }

    /// Calls `body` once for each output row of the last batch (0 is its first), in parallel on the workers.
    /// `body` may change the logits.
    package func forEachOutput(
        _ body: @Sendable (_ output: Int, _ logits: UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        withOutputs(tasks: outputCount) { body($0, $1[$0]) }
    }
}

/// A device that can run programs.
package protocol Backend: Sendable {
    var name: String { get }
    /// The memory that `program` takes beside its weights.
    /// - Throws: `unsupported` where the device has no such cache type, or not for this program.
    func footprint(
        of program: Program, _ cacheType: CacheType, blockTokens: Int
    ) throws(ComputeError) -> Footprint
    /// Binds `program` to weights and reserves memory for `limits`.
    func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable
}

/// What a program takes of a device's memory.
package struct Footprint: Hashable, Sendable {
    /// Bytes of a block of each cache group.
    package var blockBytes: [Int]
    /// Bytes of the copies of weights that the device makes where limits let it; 0 where it has no use for any.
    package var copyBytes: Int

    package init(blockBytes: [Int], copyBytes: Int = 0) {
        self.blockBytes = blockBytes
        self.copyBytes = copyBytes
    }
}

/// A program bound to weights and memory. Used by one thread at a time, the engine's.
package protocol Executable: AnyObject {
    var limits: ExecutionLimits { get }
    /// Of the program.
    var cachePolicies: [CachePolicy] { get }
    /// Floats of an output row: the vocabulary's size where outputs are logits.
    var outputWidth: Int { get }
    /// Bytes of the copies of weights that it made.
    var copyBytes: Int { get }
    /// Computes every row of `batch`: fills the cache, and the program's outputs.
    func run(_ batch: Batch) throws(ComputeError)
    /// The rows of the first output after the last batch.
    var outputCount: Int { get }
    /// Calls `body` once for each task below `tasks`, in parallel where the device can, with the first output of the last
    /// batch.
    func withOutputs(tasks: Int, _ body: @Sendable (_ task: Int, _ outputs: OutputRows) -> Void)
    /// The rows of an output of the last batch, one after another: what the next part of a program takes as input.
    func output(_ index: Int) -> [Float]
}

extension Executable {
    package var copyBytes: Int { 0 }

    /// Calls `body` once for each output row of the last batch (0 is its first). `body` may change the row.
    package func forEachOutput(
        _ body: @Sendable (_ output: Int, _ row: UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        withOutputs(tasks: outputCount) { body($0, $1[$0]) }
    }
}

/// The rows of a program's first output, in the order of `Batch.outputRows` or of its spans. Valid until the next batch.
package struct OutputRows: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    private let width: Int
    package let count: Int

    /// - Parameter base: `count` rows of `width` floats, one after another.
    package init(_ base: UnsafeMutablePointer<Float>, width: Int, count: Int) {
        self.base = base
        self.width = width
        self.count = count
    }

    /// One row. Whoever reads a row may change it; two threads must not have the same one.
    package subscript(output: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(output >= 0 && output < count, "output \(output) of \(count)")
        return UnsafeMutableBufferPointer(start: base + output * width, count: width)
    }
}

/// How a cache keeps keys and values, by the name that `OLLAMA_KV_CACHE_TYPE` gives it: `f16`, `q8_0`, `q4_0`, `f32`.
/// A backend says which it has when it is asked for one. States are f32 in every cache.
package struct CacheType: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// - Parameter name: in any case.
    package init(_ name: String) {
        self.name = name.lowercased()
    }

    /// What every backend has.
    package static let f16 = CacheType("f16")
    /// Exact keys and values.
    package static let f32 = CacheType("f32")

    package var description: String { name }
}

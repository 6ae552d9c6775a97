package import Compute

/// Runs programs one plain loop a step, in f32, on arrays: slow, and the truth that other backends are compared with.
package struct ReferenceBackend: Backend {
    package let name = "reference"
    /// Keys and values pass through f16 as in other backends' caches; otherwise the cache keeps f32.
    private let cachesHalves: Bool

    package init(cachesHalves: Bool = false) {
        self.cachesHalves = cachesHalves
    }

    /// Of the floats that it keeps; only f16 is known.
    package func cacheBytes(
        of program: Program, _ type: CacheType, perBlockOf blockTokens: Int
    ) throws(ComputeError) -> Int {
        guard type == .f16 else { throw .unsupported("the reference has no KV cache of type \(type)") }
        return program.cacheLayers.reduce(0) {
            $0 + 2 * $1.kvHeads * $1.headWidth * blockTokens * MemoryLayout<Float>.size
        }
    }

    package func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        ReferenceExecutable(program, try ReferenceWeights(program, weights), limits, cachesHalves: cachesHalves)
    }
}

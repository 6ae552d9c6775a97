package import Compute

/// Runs programs one plain loop a step, in f32, on arrays: slow, and the truth that other backends are compared with.
package struct ReferenceBackend: Backend {
    package let name = "reference"
    /// Keys and values pass through f16 as in other backends' caches; otherwise the cache keeps f32.
    private let cachesHalves: Bool

    package init(cachesHalves: Bool = false) {
        self.cachesHalves = cachesHalves
    }

    /// Of the floats that it keeps; only f16 and f32 are known.
    package func footprint(
        of program: Program, _ cacheType: CacheType, blockTokens: Int
    ) throws(ComputeError) -> Footprint {
        guard [.f16, .f32].contains(cacheType) else {
            throw .unsupported("the reference has no KV cache of type \(cacheType)")
        }
        return Footprint(
            blockBytes: program.cacheGroups.map { group in
                group.layers.reduce(0) { $0 + $1.elements(perBlockOf: blockTokens) * MemoryLayout<Float>.size }
            })
    }

    package func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        ReferenceExecutable(program, try ReferenceWeights(program, weights), limits, cachesHalves: cachesHalves)
    }
}

package import Compute
package import Workers

/// Runs programs on this machine's cores. All executables of a backend share its workers and take turns on them.
package struct CPUBackend: Backend {
    private let kernels: KernelTable
    private let pool: WorkerPool
    private let profile: ExecutionProfile?

    /// - Parameter profile: what the executables add the times of their steps to; nil measures nothing.
    package init(kernels: KernelTable = .best, pool: WorkerPool = WorkerPool(), profile: ExecutionProfile? = nil) {
        self.kernels = kernels
        self.pool = pool
        self.profile = profile
    }

    /// The instruction set and the number of workers, such as `CPU (avx2, 8 threads)`.
    package var name: String { "CPU (\(kernels.name), \(pool.workerCount) threads)" }

    package func footprint(
        of program: Program, _ cacheType: CacheType, blockTokens: Int
    ) throws(ComputeError) -> Footprint {
        let layout = try CacheLayout(cacheType, blockTokens: blockTokens, kernels)
        var blockBytes: [Int] = []
        for group in program.cacheGroups {
            var bytes = 0
            for layer in group.layers { bytes += try layout.blockBytes(layer) }
            blockBytes.append(bytes)
        }
        return Footprint(blockBytes: blockBytes, copyBytes: PackedLayout(program, kernels)?.byteCount ?? 0)
    }

    package func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try CPUExecutable(program, weights, limits, kernels, pool, profile)
    }
}

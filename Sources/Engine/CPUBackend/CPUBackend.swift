package import Compute

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

    package func cacheBytes(
        of program: Program, _ type: CacheType, perBlockOf blockTokens: Int
    ) throws(ComputeError) -> Int {
        let layout = try CacheLayout(type, blockTokens: blockTokens, kernels)
        var bytes = 0
        for layer in program.cacheLayers { bytes += try layout.blockBytes(layer) }
        return bytes
    }

    package func packedBytes(of program: Program) -> Int {
        PackedLayout(program, kernels)?.byteCount ?? 0
    }

    package func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try CPUExecutable(program, weights, limits, kernels, pool, profile)
    }
}

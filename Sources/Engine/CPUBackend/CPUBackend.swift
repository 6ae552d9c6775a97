package import Compute

/// Runs programs on this machine's cores. All executables of a backend share its workers and take turns on them.
package struct CPUBackend: Backend {
    private let kernels: KernelTable
    private let pool: WorkerPool

    package init(kernels: KernelTable = .best, pool: WorkerPool = WorkerPool()) {
        self.kernels = kernels
        self.pool = pool
    }

    /// The instruction set and the number of workers, such as `CPU (avx2, 8 threads)`.
    package var name: String { "CPU (\(kernels.name), \(pool.workerCount) threads)" }

    package func compile(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try CPUExecutable(program, weights, limits, kernels, pool)
    }
}

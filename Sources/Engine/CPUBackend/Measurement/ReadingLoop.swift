import CKernels
package import Compute
package import Workers

/// A plain loop over memory that no cache holds: how fast the workers can read is how fast they can generate.
package final class ReadingLoop: @unchecked Sendable {
    private let memory = BufferMemory()
    private let bytes: UnsafeMutablePointer<UInt8>
    private let taskCount: Int
    private let kernels: KernelTable
    private let pool: WorkerPool

    /// Small enough that a worker that is held up has little left to do, long enough for the hardware's prefetch.
    private static let taskBytes = 1 << 20

    /// - Parameter byteCount: many times the size of the last cache.
    package init(byteCount: Int = 1 << 29, kernels: KernelTable = .best, pool: WorkerPool) throws(ComputeError) {
        taskCount = max(1, byteCount / Self.taskBytes)
        self.kernels = kernels
        self.pool = pool
        bytes = try memory.allocate(taskCount, of: Self.taskBytes, for: "the reading loop")
            .assumingMemoryBound(to: UInt8.self)
        // The workers touch first what they are likely to read.
        pool.run { worker in
            worker.share(taskCount) { task in
                (bytes + task * Self.taskBytes).update(repeating: 1, count: Self.taskBytes)
            }
        }
    }

    /// What a pass reads.
    package var byteCount: Int { taskCount * Self.taskBytes }

    /// The fastest of `passes` over all bytes, in bytes a second.
    package func bytesPerSecond(passes: Int) -> Double {
        let best = (0..<max(1, passes)).map { _ in ContinuousClock().measure(read) }.min() ?? .zero
        return Double(byteCount) / (best / .seconds(1))
    }

    /// Reads all bytes once.
    package func read() {
        pool.run { worker in
            let operations = kernels.operations
            worker.share(taskCount) { task in
                let sum = operations.pointee.sum_bytes(Self.taskBytes, bytes + task * Self.taskBytes)
                precondition(sum == UInt64(Self.taskBytes), "the memory holds ones")
            }
        }
    }
}

import Workers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Nanoseconds that each worker spent in each of `count` things.
final class StepTimes: @unchecked Sendable {
    let workers: Int
    private let stride: Int
    private let nanoseconds: UnsafeMutablePointer<Int>

    init(count: Int, workers: Int) {
        self.workers = workers
        // Workers write to cache lines of their own.
        stride = (count + 31) & ~15
        nanoseconds = .allocate(capacity: stride * workers)
        clear()
    }

    deinit { nanoseconds.deallocate() }

    func clear() { nanoseconds.initialize(repeating: 0, count: stride * workers) }

    /// Summed over the workers.
    func total(of index: Int) -> Duration {
        .nanoseconds((0..<workers).reduce(0) { $0 + nanoseconds[$1 * stride + index] })
    }

    /// A worker's clock: each lap's time goes to what the lap was spent in.
    struct Laps {
        private let nanoseconds: UnsafeMutablePointer<Int>
        private var last: Int

        init(_ times: StepTimes, _ worker: Worker) {
            nanoseconds = times.nanoseconds + worker.index * times.stride
            last = Self.now
        }

        mutating func end(_ index: Int) {
            let now = Self.now
            nanoseconds[index] += now - last
            last = now
        }

        private static var now: Int {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
        }
    }
}

import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Threads for calls that block: they keep waits for disks, locks and children off the cooperative pool.
///
/// A thread starts when none is idle; a few stay for the next calls.
package final class BlockingThreads: Sendable {
    package static let shared = BlockingThreads()
    private static let keptThreads = 4

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var idle = 0
    }
    private let state = Locked(State())
    private let wakeUps = Semaphore()

    /// Runs `body` on a thread of its own and suspends until it is done. Cancellation is up to `body`.
    ///
    /// `@concurrent` is needed for callers that are actors: where a callee that runs on its caller's executor throws,
    /// optimized code of Swift 6.3 does not return to the actor before the caller's `catch`.
    @concurrent package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            enqueue { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private func enqueue(_ job: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count > state.idle
        }
        if needsThread { start() }
        wakeUps.signal()
    }

    private func start() {
        state.withLock { $0.idle += 1 }
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        guard pthread_create(&thread, nil, { _ in BlockingThreads.shared.work() }, nil) == 0 else {
            // Without another thread the job waits for one that exists.
            return state.withLock { $0.idle -= 1 }
        }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    private func work() -> UnsafeMutableRawPointer? {
        while true {
            wakeUps.wait()
            let job = state.withLock { state -> (@Sendable () -> Void)? in
                guard !state.jobs.isEmpty else { return nil }
                state.idle -= 1
                return state.jobs.removeFirst()
            }
            guard let job else { continue }
            job()
            let isSpare = state.withLock { state in
                guard state.idle < Self.keptThreads || !state.jobs.isEmpty else { return true }
                state.idle += 1
                return false
            }
            if isSpare { return nil }
        }
    }

    private init() {}
}

/// A counting semaphore.
private final class Semaphore: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var count = 0

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func signal() {
        pthread_mutex_lock(mutex)
        count += 1
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func wait() {
        pthread_mutex_lock(mutex)
        while count == 0 { pthread_cond_wait(condition, mutex) }
        count -= 1
        pthread_mutex_unlock(mutex)
    }
}

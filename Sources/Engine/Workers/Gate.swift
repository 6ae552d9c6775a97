import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where threads wait for a condition on atomics to come true: they spin for a while, then yield, then sleep.
///
/// Any number of threads may wait at a gate, and any may wake them. Whoever makes a condition true writes its atomic
/// first and calls `wake` then, which reads the number of sleepers. A waiter that goes to sleep counts itself among the
/// sleepers first and reads the condition then. All four accesses are sequentially consistent, so one of the two sees
/// what the other wrote: the waker the sleeper, or the sleeper the condition. The sleeper holds the mutex from its
/// count until it sleeps, and the waker needs it to broadcast, so no wake-up falls between the last look and the sleep.
/// A condition that is true only for a moment may be missed; its waiter goes on waiting.
///
/// A copy is the same gate. `destroy` frees it, once no thread is in `wait` or `wake` any more.
struct Gate: @unchecked Sendable {
    private let sleepers: UnsafeMutablePointer<Atomic<Int>>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// About 30–100 µs: longer than a phase waits when all workers have a core.
    private static let spins = 2_000
    /// Yielding lets the thread that is waited for run where there are fewer cores than threads.
    private static let yields = 100

    init() {
        sleepers = .makeOnCacheLine(0)
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    func destroy() {
        sleepers.destroyOnCacheLine()
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Wakes those who sleep. Called after a sequentially consistent write that may make a condition true.
    func wake() {
        guard sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Returns once `isOpen` has returned true. It reads atomics with sequential consistency, and is called several
    /// times, by a sleeper with the gate's mutex locked.
    func wait(until isOpen: () -> Bool) {
        for _ in 0..<Self.spins {
            if isOpen() { return }
            ck_pause()
        }
        for _ in 0..<Self.yields {
            if isOpen() { return }
            sched_yield()
        }
        pthread_mutex_lock(mutex)
        sleepers.pointee.add(1, ordering: .sequentiallyConsistent)
        while !isOpen() { pthread_cond_wait(condition, mutex) }
        sleepers.pointee.subtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
    }
}

extension UnsafeMutablePointer where Pointee == Atomic<Int> {
    /// An atomic alone on its cache line, so that threads that write it do not slow down readers of others.
    static func makeOnCacheLine(_ initial: Int) -> Self {
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<Int>.self, capacity: 1)
        pointer.initialize(to: Atomic(initial))
        return pointer
    }

    func destroyOnCacheLine() {
        deinitialize(count: 1)
        UnsafeMutableRawPointer(self).deallocate()
    }
}

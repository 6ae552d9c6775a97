import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A number that threads wait to see change: they spin for a while, then yield, then sleep.
///
/// A copy is the same signal; `destroy` frees it.
struct Signal: @unchecked Sendable {
    private let word: UnsafeMutablePointer<Atomic<Int>>
    private let sleepers: UnsafeMutablePointer<Atomic<Int>>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// About 30–100 µs: longer than a phase waits when all workers have a core.
    private static let spins = 2_000
    /// Yielding lets the thread that is waited for run where there are fewer cores than threads.
    private static let yields = 100

    init() {
        word = .makeOnCacheLine(0)
        sleepers = .makeOnCacheLine(0)
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    func destroy() {
        word.destroyOnCacheLine()
        sleepers.destroyOnCacheLine()
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    var value: Int { word.pointee.load(ordering: .acquiring) }

    /// Changes the number and wakes those who sleep; what was written before is seen by whoever sees the change.
    func set(_ new: Int) {
        // Sequentially consistent with `wait`: either this sees the sleeper, or the sleeper sees the number.
        word.pointee.store(new, ordering: .sequentiallyConsistent)
        guard sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Returns when the number is no longer `old`.
    func wait(while old: Int) {
        for _ in 0..<Self.spins {
            if value != old { return }
            ck_pause()
        }
        for _ in 0..<Self.yields {
            if value != old { return }
            sched_yield()
        }
        pthread_mutex_lock(mutex)
        sleepers.pointee.add(1, ordering: .sequentiallyConsistent)
        while word.pointee.load(ordering: .sequentiallyConsistent) == old { pthread_cond_wait(condition, mutex) }
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

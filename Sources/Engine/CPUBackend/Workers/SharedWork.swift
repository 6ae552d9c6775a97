import Synchronization

/// Numbered tasks that workers claim one by one. Shares of work follow each other under growing numbers; a few lie in a
/// ring, since none is begun before those of the section before it are done.
///
/// Nobody waits for a worker that holds no task: one that was held up finds its old shares taken, and catches up.
struct SharedWork: @unchecked Sendable {
    /// Shares that may be open at the same time.
    static let ringCount = 8
    /// Numbers of shares start again before they reach this; a single job has far fewer shares.
    static let lastShare = 1 << 30

    private static let countBits = 32

    /// The number of the share, and how many of its tasks have been claimed or completed.
    private struct Progress {
        var share: Int
        var count: Int

        init(share: Int, count: Int) {
            self.share = share
            self.count = count
        }

        init(word: Int) {
            share = word >> countBits
            count = word & (1 << countBits - 1)
        }

        var word: Int { share << countBits | count }
    }

    private let claimed: UnsafeMutablePointer<UnsafeMutablePointer<Atomic<Int>>>
    private let completed: UnsafeMutablePointer<UnsafeMutablePointer<Atomic<Int>>>
    private let gate = Gate()

    init() {
        claimed = .allocate(capacity: Self.ringCount)
        completed = .allocate(capacity: Self.ringCount)
        for index in 0..<Self.ringCount {
            (claimed + index).initialize(to: .makeOnCacheLine(0))
            (completed + index).initialize(to: .makeOnCacheLine(0))
        }
    }

    func destroy() {
        for index in 0..<Self.ringCount {
            claimed[index].destroyOnCacheLine()
            completed[index].destroyOnCacheLine()
        }
        claimed.deallocate()
        completed.deallocate()
        gate.destroy()
    }

    /// Forgets all shares, so that numbers can start again. Nobody may be working.
    func reset() {
        for index in 0..<Self.ringCount {
            claimed[index].pointee.store(0, ordering: .relaxed)
            completed[index].pointee.store(0, ordering: .relaxed)
        }
    }

    /// The next task of `share`, or nil where all are taken.
    func claim(_ share: Int, of count: Int) -> Int? {
        let word = claimed[share % Self.ringCount]
        var seen = word.pointee.load(ordering: .relaxed)
        while true {
            let progress = Progress(word: seen)
            guard progress.share <= share else { return nil }
            let task = progress.share == share ? progress.count : 0
            guard task < count else { return nil }
            let next = Progress(share: share, count: task + 1).word
            let (exchanged, original) = word.pointee.weakCompareExchange(
                expected: seen, desired: next, ordering: .acquiringAndReleasing)
            if exchanged { return task }
            seen = original
        }
    }

    /// Says that `tasks` claimed tasks of `share` are done, all that the caller had.
    func complete(_ tasks: Int, of share: Int, count: Int) {
        let word = completed[share % Self.ringCount]
        var seen = word.pointee.load(ordering: .relaxed)
        while true {
            let progress = Progress(word: seen)
            let done = (progress.share == share ? progress.count : 0) + tasks
            let (exchanged, original) = word.pointee.weakCompareExchange(
                expected: seen, desired: Progress(share: share, count: done).word, ordering: .sequentiallyConsistent)
            if exchanged {
                if done == count { gate.wake() }
                return
            }
            seen = original
        }
    }

    /// Returns when all `count` tasks of `share` are done; what was written by them is seen then.
    func wait(for share: Int, of count: Int) {
        guard count > 0 else { return }
        let word = completed[share % Self.ringCount]
        gate.wait {
            let progress = Progress(word: word.pointee.load(ordering: .sequentiallyConsistent))
            return progress.share > share || progress.share == share && progress.count == count
        }
    }
}

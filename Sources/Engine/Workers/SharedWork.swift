import Synchronization

/// Numbered tasks that workers claim one by one, grouped in shares. Shares have growing numbers, and each worker goes
/// through them in order.
///
/// A worker claims tasks of a share until `claim` returns nil, reports those that it did with `complete`, and may
/// `wait` for all tasks of the share, its own and those of others. A share has two words, which lie in a ring at its
/// number: how many of its tasks are claimed, and how many are completed. Whoever touches a word first under a new
/// number takes it over from the share that had it before. That share is done by then: at most `ringCount` shares are
/// open between two waits, so a worker that is so far ahead has waited for it.
///
/// Workers race for the words, which change by compare and exchange only. One that was held up may come with the number
/// of a share that is long done: the word has a greater number then, so it gets no task, and goes on to the next share.
/// Nobody waits for a worker that holds no task. A claimed task is always done by its worker, so a share with a claimed
/// task is not done, and its words stay in place until `complete` has counted the task.
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

    /// Forgets all shares, so that numbers can start again. Called between jobs, when no worker is inside of one.
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

/// One of the threads that run a job together: what a job's code uses to take its part of the work.
///
/// All workers run the same code, and call `share` and `waitForShares` in the same order with the same counts: a share
/// is known by its number alone.
package struct Worker: @unchecked Sendable {
    /// Shares that may be open at the same time: `share` is called at most so often between two waits.
    package static let openShares = SharedWork.ringCount

    package let index: Int
    /// Workers of the pool; some may come late to a job, or not at all.
    package let count: Int
    private let work: SharedWork
    private let state: UnsafeMutablePointer<State>

    private struct State {
        /// Shares below this are done.
        var firstOpen = 0
        var next = 0
    }

    /// The counts of shares since `firstOpen`.
    private let openCounts: UnsafeMutablePointer<Int>

    init(index: Int, count: Int, work: SharedWork) {
        self.index = index
        self.count = count
        self.work = work
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        openCounts = .allocate(capacity: SharedWork.ringCount)
        openCounts.initialize(repeating: 0, count: SharedWork.ringCount)
    }

    func destroy() {
        state.deallocate()
        openCounts.deallocate()
    }

    /// The number of the next share; every worker of a job begins with the same.
    var nextShare: Int {
        get { state.pointee.next }
        nonmutating set { state.pointee = State(firstOpen: newValue, next: newValue) }
    }

    /// Calls `body` with tasks of `count` that no other worker was given, so that a slow core does not hold the rest.
    package func share(_ count: Int, _ body: (_ task: Int) -> Void) {
        let share = state.pointee.next
        let open = share - state.pointee.firstOpen
        precondition(open < SharedWork.ringCount, "too many shares before a wait")
        openCounts[open] = count
        state.pointee.next += 1
        var done = 0
        while let task = work.claim(share, of: count) {
            body(task)
            done += 1
        }
        if done > 0 { work.complete(done, of: share, count: count) }
    }

    /// The same with ranges of `count` rows, `step` at a time.
    package func shareRows(_ count: Int, step: Int, _ body: (_ rows: Range<Int>) -> Void) {
        share((count + step - 1) / step) { task in
            body(task * step..<min(count, (task + 1) * step))
        }
    }

    /// Returns when everything shared since the last wait is done, by whomever; then all of it is seen.
    package func waitForShares() {
        for share in state.pointee.firstOpen..<state.pointee.next {
            work.wait(for: share, of: openCounts[share - state.pointee.firstOpen])
        }
        state.pointee.firstOpen = state.pointee.next
    }
}

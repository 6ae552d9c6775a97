import Synchronization

/// One of the threads that run a batch together, as the code that runs on it sees itself.
package struct Worker {
    package let index: Int
    let team: Team

    package var count: Int { team.size.pointee }

    /// The next number of `lane`, counted by all workers together since the last wait. Work is cut into numbered tasks,
    /// and each worker claims one after another, so that a slow core does not hold the rest.
    package func claim(_ lane: Int) -> Int {
        team.claims[lane].pointee.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// Calls `body` with the tasks below `taskCount` that this worker claims.
    package func forEachClaimed(_ lane: Int, below taskCount: Int, _ body: (Int) -> Void) {
        var task = claim(lane)
        while task < taskCount {
            body(task)
            task = claim(lane)
        }
    }

    /// Calls `body` with ranges of `count` rows, `step` at a time.
    package func forEachClaimedRange(_ lane: Int, of count: Int, step: Int, _ body: (Range<Int>) -> Void) {
        forEachClaimed(lane, below: (count + step - 1) / step) { task in
            body(task * step..<min(count, (task + 1) * step))
        }
    }

    /// Waits until every worker is here; then all see what all have written, and lanes count from 0 again.
    package func waitForOthers() {
        guard count > 1 else { return team.resetClaims() }
        let generation = team.barrier.value
        if team.arrived.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
            team.arrived.pointee.store(0, ordering: .relaxed)
            team.resetClaims()
            team.barrier.set(generation + 1)
        } else {
            team.barrier.wait(while: generation)
        }
    }
}

/// What workers share. A value of pointers: using it costs no reference counting. `destroy` frees it.
struct Team: @unchecked Sendable {
    /// Steps of one phase claim their work from different lanes.
    static let laneCount = 4

    let size: UnsafeMutablePointer<Int>
    let arrived: UnsafeMutablePointer<Atomic<Int>>
    let barrier = Signal()
    /// The number of the job; a change starts the next.
    let jobs = Signal()
    /// The body of the current job; nil asks workers to end. Read after `jobs` has changed only.
    let body: UnsafeMutablePointer<UnsafePointer<@Sendable (Worker) -> Void>?>
    let claims: UnsafeMutablePointer<UnsafeMutablePointer<Atomic<Int>>>

    init(size count: Int) {
        size = .allocate(capacity: 1)
        size.initialize(to: count)
        arrived = .makeOnCacheLine(0)
        body = .allocate(capacity: 1)
        body.initialize(to: nil)
        claims = .allocate(capacity: Self.laneCount)
        for lane in 0..<Self.laneCount { (claims + lane).initialize(to: .makeOnCacheLine(0)) }
    }

    func destroy() {
        barrier.destroy()
        jobs.destroy()
        arrived.destroyOnCacheLine()
        for lane in 0..<Self.laneCount { claims[lane].destroyOnCacheLine() }
        claims.deallocate()
        body.deallocate()
        size.deallocate()
    }

    func resetClaims() {
        for lane in 0..<Self.laneCount { claims[lane].pointee.store(0, ordering: .relaxed) }
    }
}

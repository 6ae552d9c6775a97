import Synchronization
import Testing
import Workers

@Suite("Workers share a batch")
struct WorkerPoolTests {
    /// What workers count; a class, so that all of them reach it.
    private final class Counters: Sendable {
        let inside = Atomic(0)
        let mistakes = Atomic(0)
    }

    /// Numbers of which each worker writes others; the barrier orders them, nothing else.
    private final class Visits: @unchecked Sendable {
        static let count = 200
        let numbers: UnsafeMutablePointer<Int>

        init() {
            numbers = .allocate(capacity: Self.count)
            numbers.initialize(repeating: 0, count: Self.count)
        }

        deinit { numbers.deallocate() }
    }

    @Test("every task is claimed once, and all see what was written before a wait", arguments: [1, 2, 5])
    func claims(workers: Int) {
        let pool = WorkerPool(workerCount: workers)
        let visits = Visits()
        let counters = Counters()
        let count = Visits.count
        for round in 1...20 {
            pool.run { worker in
                worker.share(count) { visits.numbers[$0] += 1 }
                worker.waitForShares()
                worker.share(count) { task in
                    if visits.numbers[count - 1 - task] != round { counters.mistakes.add(1, ordering: .relaxed) }
                }
                worker.shareRows(10, step: 4) { range in
                    if range.isEmpty || range.upperBound > 10 { counters.mistakes.add(1, ordering: .relaxed) }
                }
                worker.share(0) { _ in counters.mistakes.add(1, ordering: .relaxed) }
            }
        }
        #expect(counters.mistakes.load(ordering: .relaxed) == 0)
        #expect((0..<count).allSatisfy { visits.numbers[$0] == 20 })
    }

    @Test("callers take turns")
    func turns() async {
        let pool = WorkerPool(workerCount: 3)
        let counters = Counters()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10 {
                        pool.run { worker in
                            worker.share(1) { _ in
                                guard counters.inside.add(1, ordering: .relaxed).newValue > 1 else { return }
                                counters.mistakes.add(1, ordering: .relaxed)
                            }
                            worker.waitForShares()
                            worker.share(1) { _ in counters.inside.subtract(1, ordering: .relaxed) }
                        }
                    }
                }
            }
        }
        #expect(counters.mistakes.load(ordering: .relaxed) == 0)
    }

    @Test("a pool that was never used ends at once")
    func unused() {
        for _ in 0..<10 { #expect(WorkerPool(workerCount: 4).workerCount == 4) }
    }
}

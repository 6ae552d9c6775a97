import Compute
import Workers

/// What an executable keeps to time its steps.
struct Profiling: Sendable {
    private let profile: ExecutionProfile
    private let sources: [Step?]
    private let times: StepTimes

    init(_ profile: ExecutionProfile, _ sources: [Step?], workers: Int) {
        self.profile = profile
        self.sources = sources
        times = StepTimes(count: sources.count + 1, workers: workers)
    }

    /// Where the waiting at the ends of phases is counted, behind the steps.
    var waitIndex: Int { sources.count }

    /// Runs `body` on the workers; it ends a lap at each step's index.
    func run(_ batch: Batch, _ pool: WorkerPool, _ body: @Sendable (Worker, inout StepTimes.Laps) -> Void) {
        let wallTime = measure(pool, body)
        profile.add(batch, sources, times, wallTime: wallTime)
    }

    /// Runs what `withOutputs` shares out.
    func sample(_ pool: WorkerPool, _ body: @Sendable (Worker) -> Void) {
        let wallTime = measure(pool) { worker, laps in
            body(worker)
            laps.end(0)
        }
        profile.addSampling(times, wallTime: wallTime)
    }

    private func measure(_ pool: WorkerPool, _ body: @Sendable (Worker, inout StepTimes.Laps) -> Void) -> Duration {
        times.clear()
        return ContinuousClock().measure {
            pool.run { worker in
                var laps = StepTimes.Laps(times, worker)
                body(worker, &laps)
            }
        }
    }
}

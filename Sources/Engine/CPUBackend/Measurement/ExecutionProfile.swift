package import Compute
import Locking

/// Where the time of batches goes, by kind of step: the sum over the batches of the executables that were made with it.
package final class ExecutionProfile: Sendable {
    package struct Entry: Sendable {
        package let kind: StepKind
        package fileprivate(set) var cost = StepCost()
        /// Summed over the workers.
        package fileprivate(set) var workerTime = Duration.zero
    }

    package struct Totals: Sendable {
        /// In the order in which their first steps run.
        package fileprivate(set) var entries: [Entry] = []
        package fileprivate(set) var batches = 0
        package fileprivate(set) var workers = 0
        /// From the start to the end of each batch.
        package fileprivate(set) var wallTime = Duration.zero
        /// How long workers waited for others at the ends of phases, summed over the workers.
        package fileprivate(set) var waitTime = Duration.zero

        /// How long workers were late, or had left, summed over the workers.
        package var absentTime: Duration {
            entries.reduce(wallTime * workers - waitTime) { $0 - $1.workerTime }
        }

        fileprivate mutating func add(_ kind: StepKind, _ cost: StepCost, _ time: Duration) {
            let known = entries.firstIndex { $0.kind == kind }
            if known == nil { entries.append(Entry(kind: kind)) }
            let index = known ?? entries.endIndex - 1
            entries[index].cost = entries[index].cost + cost
            entries[index].workerTime += time
        }
    }

    private let totals = Locked(Totals())

    package init() {}

    /// What was summed up since the last call.
    package func take() -> Totals {
        totals.withLock { totals in
            let result = totals
            totals = Totals()
            return result
        }
    }

    /// Adds a batch of `sources.count` steps; a step without a source made tables.
    func add(_ batch: Batch, _ sources: [Step?], _ times: StepTimes, wallTime: Duration) {
        totals.withLock { totals in
            totals.batches += 1
            totals.workers = times.workers
            totals.wallTime += wallTime
            for (index, source) in sources.enumerated() {
                let kind = source?.kind ?? StepKind(operation: "fill rotation tables")
                totals.add(kind, source?.cost(of: batch) ?? StepCost(), times.total(of: index))
            }
            totals.waitTime += times.total(of: sources.count)
        }
    }

    /// Adds the work of callers on the logits.
    func addSampling(_ times: StepTimes, wallTime: Duration) {
        totals.withLock { totals in
            totals.wallTime += wallTime
            totals.add(StepKind(operation: "sample"), StepCost(), times.total(of: 0))
        }
    }
}

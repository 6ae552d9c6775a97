import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Threads that run a batch together. The caller of `run` is worker 0; the others sleep between batches.
///
/// A process makes one pool and shares it: executables that run at the same time take turns, batch by batch, so that
/// there are never more busy threads than cores.
package final class WorkerPool: @unchecked Sendable {
    package let workerCount: Int
    private let team: Team
    private let threads: [pthread_t]
    /// Held for the length of a job; the value is the number of jobs so far.
    private let turn = Locked(0)

    /// - Parameter workerCount: the caller's thread included. Fewer are made where the system gives no more threads.
    package init(workerCount: Int = CPUTopology.current.workerCount) {
        let wanted = max(1, workerCount)
        team = Team(size: wanted)
        var threads: [pthread_t] = []
        for index in 1..<max(2, wanted) where index < wanted {
            guard let thread = WorkerThread.start(Worker(index: index, team: team)) else { break }
            threads.append(thread)
        }
        self.threads = threads
        self.workerCount = threads.count + 1
        // Workers look at the size after the first job starts, never before.
        team.size.pointee = threads.count + 1
    }

    deinit {
        team.body.pointee = nil
        team.jobs.set(team.jobs.value + 1)
        for thread in threads { pthread_join(thread, nil) }
        team.destroy()
    }

    /// Calls `body` on every worker at the same time and returns when all have returned.
    package func run(_ body: @Sendable (Worker) -> Void) {
        turn.withLock { jobs in
            jobs += 1
            withoutActuallyEscaping(body) { body in
                withUnsafePointer(to: body) { pointer in
                    team.body.pointee = pointer
                    if workerCount > 1 { team.jobs.set(jobs) }
                    let worker = Worker(index: 0, team: team)
                    perform(pointer, worker)
                    worker.waitForOthers()
                }
            }
        }
    }
}

/// Its own function, so that no reference to the job's closure outlives the call.
@inline(never)
private func perform(_ body: UnsafePointer<@Sendable (Worker) -> Void>, _ worker: Worker) {
    body.pointee(worker)
}

#if canImport(Darwin)
    private typealias ThreadArgument = UnsafeMutableRawPointer
#else
    private typealias ThreadArgument = UnsafeMutableRawPointer?
#endif

private enum WorkerThread {
    /// Nil where the system gives no more threads.
    static func start(_ worker: Worker) -> pthread_t? {
        let context = UnsafeMutablePointer<Worker>.allocate(capacity: 1)
        context.initialize(to: worker)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        guard pthread_create(&thread, nil, workerThread, context) == 0 else {
            context.deallocate()
            return nil
        }
        return thread
    }

    /// Performs one job after another until it finds none.
    static func serve(_ worker: Worker) {
        // Signals are for the main thread.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var job = 0
        while true {
            worker.team.jobs.wait(while: job)
            job = worker.team.jobs.value
            guard let body = worker.team.body.pointee else { return }
            perform(body, worker)
            worker.waitForOthers()
        }
    }
}

private func workerThread(_ argument: ThreadArgument) -> UnsafeMutableRawPointer? {
    let optional: UnsafeMutableRawPointer? = argument
    guard let pointer = optional?.assumingMemoryBound(to: Worker.self) else { return nil }
    let worker = pointer.move()
    pointer.deallocate()
    WorkerThread.serve(worker)
    return nil
}

import Locking
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Threads that run a job together. The caller of `run` is worker 0; the others sleep between jobs.
///
/// A process makes one pool and shares it: executables that run at the same time take turns, batch by batch, so that
/// there are never more busy threads than cores. Any thread may call `run`; a lock makes the callers wait for each
/// other. A job must not call `run` of its own pool.
package final class WorkerPool: @unchecked Sendable {
    package let workerCount: Int
    private let job = Job()
    private let caller: Worker
    private let threads: [pthread_t]
    private let turn = Locked(())

    /// - Parameter workerCount: the caller's thread included. Fewer are made where the system gives no more threads.
    package init(workerCount: Int = CPUTopology.current.workerCount) {
        let wanted = max(1, workerCount)
        caller = Worker(index: 0, count: wanted, work: job.work)
        var threads: [pthread_t] = []
        for index in 1..<max(2, wanted) where index < wanted {
            let worker = Worker(index: index, count: wanted, work: job.work)
            guard let thread = WorkerThread.start(worker, job) else {
                worker.destroy()
                break
            }
            threads.append(thread)
        }
        self.threads = threads
        self.workerCount = wanted
    }

    deinit {
        job.end()
        for thread in threads { pthread_join(thread, nil) }
        caller.destroy()
        job.destroy()
    }

    /// Calls `body` on the workers at the same time, and returns when all that it shared is done and all have returned.
    ///
    /// On the caller's thread it is always called; another worker may be held up elsewhere and come late, when nothing
    /// is left to do, or not at all. So all work goes through `Worker.share`.
    package func run(_ body: @Sendable (Worker) -> Void) {
        turn.withLock { _ in
            withoutActuallyEscaping(body) { body in
                withUnsafePointer(to: body) { pointer in
                    if caller.nextShare > SharedWork.lastShare {
                        job.work.reset()
                        caller.nextShare = 0
                    }
                    job.open(pointer, firstShare: caller.nextShare)
                    perform(pointer, caller)
                    caller.waitForShares()
                    job.close()
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

/// The job at hand, as the pool and its threads see it. A value of pointers; `destroy` frees it.
///
/// The caller of `run` writes the job's content, and then makes `number` odd: the job is open. Threads that see an odd
/// number enter: they add themselves to `inside`, and read the number again. When the caller is through with its part,
/// it makes the number even, so that nobody enters any more, and waits until `inside` is zero.
///
/// A thread may see the job open and be held up before it has entered, while the caller closes the job and opens
/// another. The second look at the number settles that: `inside` was raised before it and the caller reads `inside`
/// after it has changed the number, both with sequential consistency. So a thread that finds its number unchanged is
/// waited for, and reads a content that nobody writes; a thread that finds another number leaves without having read
/// the content. The caller's stack holds the closure, which is why no thread may be inside once `close` has returned.
private struct Job: @unchecked Sendable {
    let work = SharedWork()

    /// Odd while a job is open; grows with each opening and closing. Negative ends the threads.
    private let number: UnsafeMutablePointer<Atomic<Int>> = .makeOnCacheLine(0)
    /// Threads that may be reading the job.
    private let inside: UnsafeMutablePointer<Atomic<Int>> = .makeOnCacheLine(0)
    private let opened = Gate()
    private let left = Gate()
    private let content: UnsafeMutablePointer<Content>

    private struct Content {
        var body: UnsafePointer<@Sendable (Worker) -> Void>?
        var firstShare = 0
    }

    init() {
        content = .allocate(capacity: 1)
        content.initialize(to: Content())
    }

    func destroy() {
        work.destroy()
        number.destroyOnCacheLine()
        inside.destroyOnCacheLine()
        opened.destroy()
        left.destroy()
        content.deallocate()
    }

    func open(_ body: UnsafePointer<@Sendable (Worker) -> Void>, firstShare: Int) {
        content.pointee = Content(body: body, firstShare: firstShare)
        number.pointee.add(1, ordering: .sequentiallyConsistent)
        opened.wake()
    }

    /// Lets nobody in any more, and returns when those inside have left.
    func close() {
        number.pointee.add(1, ordering: .sequentiallyConsistent)
        left.wait { inside.pointee.load(ordering: .sequentiallyConsistent) == 0 }
    }

    func end() {
        number.pointee.store(-1, ordering: .sequentiallyConsistent)
        opened.wake()
    }

    /// Waits for a job that opens after number `last` and takes part in it. Returns its number, or nil at the end.
    func takePart(_ worker: Worker, after last: Int) -> Int? {
        var current = last
        opened.wait {
            current = number.pointee.load(ordering: .sequentiallyConsistent)
            return current < 0 || current > last && current % 2 == 1
        }
        guard current > 0 else { return nil }
        inside.pointee.add(1, ordering: .sequentiallyConsistent)
        // The job may have closed before this thread was inside. If it is open now, it stays open until this one has left.
        if number.pointee.load(ordering: .sequentiallyConsistent) == current, let body = content.pointee.body {
            worker.nextShare = content.pointee.firstShare
            perform(body, worker)
        }
        if inside.pointee.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { left.wake() }
        return current
    }
}

#if canImport(Darwin)
    private typealias ThreadArgument = UnsafeMutableRawPointer
#else
    private typealias ThreadArgument = UnsafeMutableRawPointer?
#endif

private struct WorkerThread {
    let worker: Worker
    let job: Job

    /// Nil where the system gives no more threads.
    static func start(_ worker: Worker, _ job: Job) -> pthread_t? {
        let context = UnsafeMutablePointer<WorkerThread>.allocate(capacity: 1)
        context.initialize(to: WorkerThread(worker: worker, job: job))
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

    /// Takes part in one job after another.
    func serve() {
        // Signals are for the main thread, but for those that a thread's own instructions raise: the system ends a process
        // that blocks one of these.
        var signals = sigset_t()
        sigfillset(&signals)
        for own in [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS] { sigdelset(&signals, own) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var last = 0
        while let number = job.takePart(worker, after: last) { last = number }
        worker.destroy()
    }
}

private func workerThread(_ argument: ThreadArgument) -> UnsafeMutableRawPointer? {
    let optional: UnsafeMutableRawPointer? = argument
    guard let pointer = optional?.assumingMemoryBound(to: WorkerThread.self) else { return nil }
    let thread = pointer.move()
    pointer.deallocate()
    thread.serve()
    return nil
}

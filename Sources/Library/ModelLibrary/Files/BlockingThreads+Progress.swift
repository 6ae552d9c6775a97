import Locking

/// Receives the progress of long work; what it throws ends the work.
package typealias ProgressReport = @Sendable (TransferProgress) async throws -> Void

/// The end of a progress report that blocking work holds.
package final class ProgressReporter: Sendable {
    package let cancellation = CancellationFlag()
    private let continuation: AsyncStream<TransferProgress>.Continuation
    private let lastBytes = Locked<ContinuousClock.Instant?>(nil)

    fileprivate init(_ continuation: AsyncStream<TransferProgress>.Continuation) {
        self.continuation = continuation
    }

    /// Reports a step.
    /// - Throws: `cancelled` where nobody waits any more.
    package func report(_ progress: TransferProgress) throws(ModelLibraryError) {
        try cancellation.check()
        continuation.yield(progress)
    }

    /// Reports bytes done, some sixteen times a second.
    package func reportBytes(_ progress: TransferProgress) throws(ModelLibraryError) {
        try cancellation.check()
        let now = ContinuousClock.now
        let isDue = lastBytes.withLock { last in
            if let last, now - last < .milliseconds(60) { return false }
            last = now
            return true
        }
        if isDue { continuation.yield(progress) }
    }
}

extension BlockingThreads {
    /// Runs blocking work on a thread of its own, and `report` here, in order, with what the work reports.
    /// - Throws: what the work or `report` throws; `CancellationError` where the task was cancelled.
    package func run<Result: Sendable>(
        reportingTo report: ProgressReport, _ body: @escaping @Sendable (ProgressReporter) throws -> Result
    ) async throws -> Result {
        let (progress, continuation) = AsyncStream<TransferProgress>.makeStream()
        let reporter = ProgressReporter(continuation)
        let work = Task {
            defer { continuation.finish() }
            return try await run { try body(reporter) }
        }
        return try await withTaskCancellationHandler {
            do {
                for await step in progress { try await report(step) }
            } catch {
                reporter.cancellation.cancel()
                _ = await work.result
                throw error
            }
            do {
                return try await work.value
            } catch ModelLibraryError.cancelled {
                throw CancellationError()
            }
        } onCancel: {
            reporter.cancellation.cancel()
        }
    }
}

import Foundation
package import Testing

/// Runs tests on threads of their own. Swift's cooperative pool has a thread for each core and takes its tasks in turn, so
/// that seconds of computing there keep every test that talks to another one waiting, beyond the limits that it is about.
package struct Computing: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ComputingThreads.shared) { try await function() }
    }
}

extension Trait where Self == Computing {
    /// The test, or each of the suite, computes for seconds.
    package static var computing: Self { Self() }
}

private final class ComputingThreads: TaskExecutor {
    static let shared = ComputingThreads()

    private let queue = OperationQueue()

    private init() { queue.maxConcurrentOperationCount = ProcessInfo.processInfo.activeProcessorCount }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job), executor = asUnownedTaskExecutor()
        queue.addOperation { job.runSynchronously(on: executor) }
    }
}

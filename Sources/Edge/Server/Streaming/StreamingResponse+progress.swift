import APITypes
import HTTPTypes
import Hummingbird
import Locking
package import ModelLibrary

extension StreamingResponse {
    /// Answers with the steps of long work, or with the last of them.
    func progress(
        streams: Bool, _ work: @escaping @Sendable (@escaping ProgressReport) async throws -> Void
    ) async throws -> Response {
        guard streams else {
            let last = Locked(ProgressResponse(status: "success"))
            try await context.whileWanted {
                try await APIFailure.mapping(model: model) {
                    try await work { progress in last.withLock { $0 = ProgressResponse(progress) } }
                }
            }
            var response = Response.json(last.withLock { $0 })
            response.headers[.contentType] = "application/json"
            return response
        }
        return try await streaming(NDJSON.self) { send in
            let rate = ProgressRate()
            try await work { progress in
                for step in rate.steps(after: progress) { try await send(NDJSON.frame(ProgressResponse(step))) }
            }
        }
    }
}

/// Thins out reports of bytes to some sixteen a second; nothing that says something else is left out.
package final class ProgressRate: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        /// The latest step that was held back.
        var held: TransferProgress?
    }
    private let state = Locked(State())
    private let interval: Duration

    package init(interval: Duration = .milliseconds(60)) {
        self.interval = interval
    }

    /// What is to be sent now that `progress` is known: nothing, it, or what was held back and it.
    package func steps(after progress: TransferProgress, now: ContinuousClock.Instant = .now) -> [TransferProgress] {
        state.withLock { state in
            let continues = state.held.map { $0.status == progress.status && $0.digest == progress.digest } ?? true
            let isComplete = progress.completed == nil || progress.completed == progress.total
            if continues, !isComplete, let last = state.last, now - last < interval {
                state.held = progress
                return []
            }
            let held = continues ? nil : state.held
            state.held = nil
            state.last = now
            return [held, progress].compactMap { $0 }
        }
    }
}

extension ProgressResponse {
    init(_ progress: TransferProgress) {
        self.init(
            status: progress.status, digest: progress.digest ?? "", total: progress.total ?? 0,
            completed: progress.completed ?? 0)
    }
}

import Locking

/// Whether the client of a connection is still there.
package final class ClientPresence: Sendable {
    private struct State {
        var hasLeft = false
        var nextID = 0
        var watches: [Int: @Sendable () -> Void] = [:]
    }

    /// Of the connection that the current task serves; a client that stays where there is none.
    @TaskLocal package static var current = ClientPresence()

    private let state = Locked(State())

    package init() {}

    /// The client has ended its side or the connection as a whole: work that nobody waits for any more is cancelled.
    package func leave() {
        let watches = state.withLock { state in
            state.hasLeft = true
            defer { state.watches = [:] }
            return state.watches
        }
        for cancel in watches.values { cancel() }
    }

    /// Runs `work` to its end, which comes by cancellation where the client leaves.
    package func whilePresent<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let id = watch { task.cancel() }
        defer { endWatch(id) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func watch(_ cancel: @escaping @Sendable () -> Void) -> Int {
        let (id, hasLeft) = state.withLock { state in
            state.nextID += 1
            if !state.hasLeft { state.watches[state.nextID] = cancel }
            return (state.nextID, state.hasLeft)
        }
        if hasLeft { cancel() }
        return id
    }

    private func endWatch(_ id: Int) {
        state.withLock { state in _ = state.watches.removeValue(forKey: id) }
    }
}

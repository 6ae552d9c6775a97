import Locking
package import NIOCore

/// Carries the pieces of a body from the task that makes them to the one that writes them to the client.
///
/// One sender, one reader. The sender waits while `capacity` pieces lie unread; a reader that leaves them there for
/// `patience` is given up. A reader takes all that has gathered at once.
package final class ChunkChannel: Sendable {
    private struct State {
        var chunks: [ByteBuffer] = []
        var hasSent = false
        var end: Result<Void, any Error>?
        var sender: CheckedContinuation<Void, any Error>?
        var reader: CheckedContinuation<[ByteBuffer]?, any Error>?
    }

    private let state = Locked(State())
    private let capacity: Int
    private let patience: Duration

    package init(capacity: Int = 64, patience: Duration) {
        self.capacity = capacity
        self.patience = patience
    }

    /// Whether anything was sent, so that the response has begun or will.
    package var hasSent: Bool { state.withLock { $0.hasSent } }

    /// Waits for room.
    /// - Throws: `CancellationError` where this task is cancelled or the reader is gone, `ClientStalled` where it is too slow.
    package func send(_ chunk: ByteBuffer) async throws {
        let isFull = try state.withLock { state in
            if let end = state.end {
                try end.get()
                throw CancellationError()
            }
            state.hasSent = true
            if let reader = state.reader {
                state.reader = nil
                reader.resume(returning: [chunk])
                return false
            }
            state.chunks.append(chunk)
            return state.chunks.count >= capacity
        }
        if isFull { try await waitForRoom() }
    }

    private func waitForRoom() async throws {
        let timer = Task { [self, patience] in
            try await Task.sleep(for: patience)
            finish(throwing: ClientStalled())
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if let end = state.end { return end.flatMap { .failure(CancellationError()) } }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.chunks.count < capacity { return .success(()) }
                    state.sender = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            // The body stays open: why its work was cancelled may still be said.
            let sender = state.withLock { state in
                defer { state.sender = nil }
                return state.sender
            }
            sender?.resume(throwing: CancellationError())
        }
    }

    /// Ends the body, or fails it; what was sent before can still be read. The first end counts.
    package func finish(throwing error: (any Error)? = nil) {
        let (sender, reader) = state.withLock { state in
            guard state.end == nil else { return (state.sender, state.reader) }
            state.end = error.map { .failure($0) } ?? .success(())
            defer {
                state.sender = nil
                state.reader = nil
            }
            return (state.sender, state.reader)
        }
        sender?.resume(throwing: error ?? CancellationError())
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
    }

    /// All pieces that have gathered, at least one; nil after the last.
    package func next() async throws -> [ByteBuffer]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, sender) = state.withLock { state in take(&state, for: continuation) }
                sender?.resume()
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            finish(throwing: CancellationError())
        }
    }

    private func take(
        _ state: inout State, for reader: CheckedContinuation<[ByteBuffer]?, any Error>
    ) -> (Result<[ByteBuffer]?, any Error>?, CheckedContinuation<Void, any Error>?) {
        if !state.chunks.isEmpty {
            defer {
                state.chunks = []
                state.sender = nil
            }
            return (.success(state.chunks), state.sender)
        }
        if let end = state.end { return (end.map { nil }, nil) }
        state.reader = reader
        return (nil, nil)
    }
}

/// The client took nothing for too long.
package struct ClientStalled: Error {}

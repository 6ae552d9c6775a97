import DequeModule
import Locking

/// Events from a thread that must not wait to one task that may be slow.
///
/// The stream is bounded by agreement: `send` always takes the event, and answers `full` once the reader is behind. The
/// writer then stops, until `onDrained` tells that the reader has caught up to half of the bound.
package final class EventStream<Element: Sendable>: Sendable {
    package enum SendResult: Hashable, Sendable {
        case accepted
        /// Taken, but send no more before `onDrained` is called.
        case full
        /// The reader is gone.
        case closed
    }

    private struct State {
        var buffer: Deque<Element> = []
        var wasFull = false
        /// Set once the writer has ended: what the reader gets after the buffer.
        var end: Result<Void, any Error>?
        var isClosed = false
        var reader: CheckedContinuation<Element?, any Error>?
    }

    private let bound: Int
    private let state = Locked(State())
    private let onDrained: @Sendable () -> Void

    /// - Parameters:
    ///   - bound: how many events may wait before the writer is told to stop.
    ///   - onDrained: called on the reader's side after `full` was answered and half of the events are read.
    package init(bound: Int, onDrained: @escaping @Sendable () -> Void = {}) {
        self.bound = max(bound, 1)
        self.onDrained = onDrained
    }

    // MARK: The writer

    package func send(_ element: Element) -> SendResult {
        let (result, reader): (SendResult, CheckedContinuation<Element?, any Error>?) = state.withLock { state in
            guard !state.isClosed, state.end == nil else { return (.closed, nil) }
            if let reader = state.reader.take() { return (.accepted, reader) }
            state.buffer.append(element)
            if state.buffer.count >= bound { state.wasFull = true }
            return (state.wasFull ? .full : .accepted, nil)
        }
        reader?.resume(returning: element)
        return result
    }

    /// Ends the stream after what was sent.
    package func finish() { end(with: .success(())) }

    /// Ends the stream with an error after what was sent.
    package func fail(_ error: any Error) { end(with: .failure(error)) }

    private func end(with result: Result<Void, any Error>) {
        let reader: CheckedContinuation<Element?, any Error>? = state.withLock { state in
            guard !state.isClosed, state.end == nil else { return nil }
            state.end = result
            return state.reader.take()
        }
        reader?.resume(with: result.map { nil })
    }

    // MARK: The reader

    /// The next event, nil after the last. One task reads at a time.
    /// - Throws: what the writer failed with, or `CancellationError`.
    package func next() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                read(continuation)
            }
        } onCancel: {
            close()
        }
    }

    private func read(_ continuation: CheckedContinuation<Element?, any Error>) {
        let (result, isDrained): (Result<Element?, any Error>?, Bool) = state.withLock { state in
            if state.isClosed { return (.failure(CancellationError()), false) }
            if let element = state.buffer.popFirst() {
                let isDrained = state.wasFull && state.buffer.count <= bound / 2
                if isDrained { state.wasFull = false }
                return (.success(element), isDrained)
            }
            if let end = state.end { return (end.map { nil }, false) }
            precondition(state.reader == nil, "one task reads an event stream")
            state.reader = continuation
            return (nil, false)
        }
        if let result { continuation.resume(with: result) }
        if isDrained { onDrained() }
    }

    /// The reader wants no more: what waits is dropped, and the writer is told so.
    package func close() {
        let reader: CheckedContinuation<Element?, any Error>? = state.withLock { state in
            state.isClosed = true
            state.buffer.removeAll()
            return state.reader.take()
        }
        reader?.resume(throwing: CancellationError())
    }
}

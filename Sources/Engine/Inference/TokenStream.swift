import Locking

/// The events of one sequence, for the task that asked for them.
package struct TokenStream: AsyncSequence, Sendable {
    package struct AsyncIterator: AsyncIteratorProtocol {
        let events: EventStream<TokenEvent>

        package mutating func next() async throws -> TokenEvent? {
            try await events.next()
        }
    }

    let events: EventStream<TokenEvent>
    let draftCounts: Locked<DraftCounts>

    /// How drafts fared so far.
    package var drafts: DraftCounts { draftCounts.withLock { $0 } }

    /// The next event, nil after the last; its error is `InferenceError` or `CancellationError`. One task reads at a time.
    ///
    /// The error is a value for a reader that is an actor: where an awaited call throws, optimized code of Swift 6.3 does
    /// not return to the actor before its `catch`.
    package func nextResult() async -> Result<TokenEvent?, any Error> {
        do { return .success(try await events.next()) } catch { return .failure(error) }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(events: events)
    }
}

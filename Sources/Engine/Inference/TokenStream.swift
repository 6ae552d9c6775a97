package import Sampling

package enum FinishReason: Hashable, Sendable {
    /// A stop token was chosen.
    case stop
    /// `maximumTokens` was reached, or the context is full and shifting is off.
    case length
}

/// What the engine tells the reader of a sequence.
package enum TokenEvent: Sendable {
    /// The next tokens of the prompt, from its second on, with what the model says of them; all come before the answer's.
    case prompt([SampledToken])
    /// A token of the answer, and the sequence's statistics up to it: a reader may end the answer here.
    case token(SampledToken, SequenceStatistics)
    case finished(FinishReason, SequenceStatistics)
}

/// The events of one sequence, for the task that asked for them.
package struct TokenStream: AsyncSequence, Sendable {
    package struct AsyncIterator: AsyncIteratorProtocol {
        let events: EventStream<TokenEvent>

        package mutating func next() async throws -> TokenEvent? {
            try await events.next()
        }
    }

    let events: EventStream<TokenEvent>

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

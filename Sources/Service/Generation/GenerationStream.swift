/// The events of one generation, for one reader.
package struct GenerationStream: AsyncSequence, Sendable {
    package struct AsyncIterator: AsyncIteratorProtocol {
        let upstream: @Sendable () async throws -> GenerationEvent?

        package mutating func next() async throws -> GenerationEvent? {
            try await upstream()
        }
    }

    /// Tokens of the prompt, known before any event.
    package let promptTokens: Int
    private let upstream: @Sendable () async throws -> GenerationEvent?

    /// - Parameter next: gives the next event, or nil after the last.
    package init(promptTokens: Int, _ next: @escaping @Sendable () async throws -> GenerationEvent?) {
        self.promptTokens = promptTokens
        upstream = next
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(upstream: upstream)
    }
}

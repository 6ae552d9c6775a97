/// The events of one generation, for one reader.
package struct GenerationStream: AsyncSequence, Sendable {
    package struct AsyncIterator: AsyncIteratorProtocol {
        let upstream: @Sendable () async throws -> GenerationEvent?

        package mutating func next() async throws -> GenerationEvent? {
            try await upstream()
        }
    }

    private let upstream: @Sendable () async throws -> GenerationEvent?

    /// - Parameter next: gives the next event, or nil after the last.
    package init(_ next: @escaping @Sendable () async throws -> GenerationEvent?) {
        upstream = next
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(upstream: upstream)
    }
}

import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What Ctrl-C does while a model answers.
enum Interrupt {
    /// The process ends with success, as after any other end of an answer.
    static func exitsQuietly() {
        signal(SIGINT) { _ in _exit(0) }
    }

    /// Runs `body`; Ctrl-C cancels it.
    /// - Returns: nil when it was cancelled.
    static func cancels<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        let task = Task { try await body() }
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { task.cancel() }
        source.resume()
        defer {
            source.cancel()
            signal(SIGINT, SIG_DFL)
        }
        do {
            return try await task.value
        } catch {
            if task.isCancelled { return nil }
            throw error
        }
    }
}

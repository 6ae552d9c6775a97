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
        let readEnd = wakeUps.read
        let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .global())
        source.setEventHandler {
            var byte: UInt8 = 0
            _ = read(readEnd, &byte, 1)
            task.cancel()
        }
        source.resume()
        writeToPipe()
        defer {
            signal(SIGINT, SIG_DFL)
            source.cancel()
        }
        do {
            return try await task.value
        } catch {
            if task.isCancelled { return nil }
            throw error
        }
    }

    /// An ignored signal reaches no signal source on Linux, so the handler writes to a pipe.
    private static func writeToPipe() {
        signal(SIGINT) { _ in
            var byte: UInt8 = 0
            _ = write(Interrupt.wakeUps.write, &byte, 1)
        }
    }

    private static let wakeUps: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        return (ends[0], ends[1])
    }()
}

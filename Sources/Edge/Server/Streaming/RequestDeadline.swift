import APITypes
import HTTPTypes
import JSON

/// When a client wants all of its answer at the latest.
struct RequestDeadline: Sendable {
    static let field = "X-Request-Timeout"
    /// A week, in seconds.
    static let longest = 604_800.0

    private let instant: ContinuousClock.Instant
    /// As the client wrote it.
    private let seconds: String

    /// Counts from now.
    /// - Parameter text: seconds, in decimal digits with a point or without.
    /// - Throws: `APIFailure` for what is no such number, or out of range.
    init(_ text: String) throws {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDecimal =
            parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
        guard isDecimal, text.utf8.count <= 32, let value = Double(text), value > 0, value <= Self.longest else {
            throw APIFailure(
                .badRequest,
                "\(Self.field) is \(goQuoted(text.excerpt(40))); send seconds above 0 and up to \(Int(Self.longest)), as "
                    + "30 or 2.5")
        }
        instant = .now + .seconds(value)
        seconds = text
    }

    /// Runs `work`, which is cancelled when the time is over.
    /// - Throws: what `work` throws, or `APIFailure` where it did not end by itself.
    func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(until: instant, clock: .continuous)
                return nil
            }
            if let result = try await group.next() ?? nil { return result }
            group.cancelAll()
            // What ends in this very moment counts.
            if let result = try? await group.next() ?? nil { return result }
            throw failure
        }
    }

    /// 504, as a client that waits has done nothing wrong: 408 says that the request came too late. Programs of OpenAI and
    /// Anthropic send both again by themselves, with the same deadline and the same end, unless they are told not to.
    private var failure: APIFailure {
        APIFailure(
            .gatewayTimeout,
            "the answer was not complete within the \(seconds) s of \(Self.field); allow more, or ask for less",
            code: "timeout", retry: .never)
    }
}

extension AppContext {
    /// Runs `work` to its end, which comes by cancellation where the deadline passes.
    func beforeDeadline<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let deadline else { return try await work() }
        return try await deadline.run(work)
    }

    /// Runs `work` to its end, which comes by cancellation where the client leaves or its deadline passes.
    func whileWanted<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await client.whilePresent { try await beforeDeadline(work) }
    }
}

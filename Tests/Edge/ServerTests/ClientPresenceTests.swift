import Locking
import Server
import TestSupport
import Testing

@Suite("Whether a client is still there", .timeLimit(.minutes(10)))
struct ClientPresenceTests {
    /// Ends by cancellation only.
    @Sendable private static func hang() async throws -> Int {
        try await Task.sleep(for: .seconds(3600))
        return 0
    }

    @Test("work for a client that stays ends by itself, with its result or its error")
    func staying() async throws {
        struct Failure: Error {}
        let presence = ClientPresence()
        #expect(try await presence.whilePresent { 7 } == 7)
        await #expect(throws: Failure.self) { try await presence.whilePresent { throw Failure() } }
        #expect(try await presence.whilePresent { Task.isCancelled } == false)
    }

    @Test("work is cancelled when the client leaves, and where it has left before")
    func leaving() async throws {
        let presence = ClientPresence()
        let hasBegun = Locked(false)
        let work = Task {
            try await presence.whilePresent {
                hasBegun.withLock { $0 = true }
                return try await Self.hang()
            }
        }
        #expect(try await eventually { hasBegun.withLock { $0 } })
        presence.leave()
        await #expect(throws: CancellationError.self) { try await work.value }
        await #expect(throws: CancellationError.self) { try await presence.whilePresent(Self.hang) }
    }

    @Test("the end of the waiting task cancels the work too")
    func cancelled() async throws {
        let presence = ClientPresence()
        let work = Task { try await presence.whilePresent(Self.hang) }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
    }

    @Test("a client that leaves while work begins and ends leaves none of it behind")
    func race() async throws {
        for _ in 0..<200 {
            let presence = ClientPresence()
            let ended = try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        // Every second one ends by cancellation only.
                        _ = try? await presence.whilePresent { index % 2 == 0 ? index : try await Self.hang() }
                    }
                }
                group.addTask { presence.leave() }
                var count = 0
                for try await _ in group { count += 1 }
                return count
            }
            #expect(ended == 5)
        }
    }
}

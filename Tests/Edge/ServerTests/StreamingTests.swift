import Locking
import ModelLibrary
import NIOCore
import Server
import Testing

@Suite("Carrying the pieces of an answer")
struct StreamingTests {
    private func texts(_ chunks: [ByteBuffer]?) -> [String]? { chunks?.map { String(buffer: $0) } }

    @Test("pieces arrive in order, gathered, and then the end")
    func order() async throws {
        let channel = ChunkChannel(patience: .seconds(10))
        for text in ["a", "b", "c"] { try await channel.send(ByteBuffer(string: text)) }
        channel.finish()
        #expect(texts(try await channel.next()) == ["a", "b", "c"])
        #expect(try await channel.next() == nil)
    }

    @Test("a reader that is there first gets the piece at once")
    func waitingReader() async throws {
        let channel = ChunkChannel(patience: .seconds(10))
        async let chunks = channel.next()
        try await Task.sleep(for: .milliseconds(20))
        try await channel.send(ByteBuffer(string: "x"))
        #expect(texts(try await chunks) == ["x"])
    }

    @Test("the sender waits while the reader is behind")
    func backPressure() async throws {
        let channel = ChunkChannel(capacity: 4, patience: .seconds(10))
        let sent = Locked(0)
        let sender = Task {
            for _ in 0..<100 {
                try await channel.send(ByteBuffer(string: "x"))
                sent.withLock { $0 += 1 }
            }
            channel.finish()
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(sent.withLock { $0 } == 3)
        var received = 0
        while let chunks = try await channel.next() {
            #expect(chunks.count <= 4)
            received += chunks.count
        }
        #expect(received == 100)
        try await sender.value
    }

    @Test("a reader that takes nothing is given up")
    func stalledReader() async throws {
        let channel = ChunkChannel(capacity: 1, patience: .milliseconds(30))
        await #expect(throws: ClientStalled.self) { try await channel.send(ByteBuffer(string: "x")) }
        await #expect(throws: ClientStalled.self) { try await channel.send(ByteBuffer(string: "y")) }
    }

    @Test("a cancelled sender wakes, and last words can still be said")
    func cancelledSender() async throws {
        let channel = ChunkChannel(capacity: 1, patience: .seconds(10))
        let sender = Task { try await channel.send(ByteBuffer(string: "x")) }
        try await Task.sleep(for: .milliseconds(20))
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
        #expect(texts(try await channel.next()) == ["x"])
        async let last: Void = channel.send(ByteBuffer(string: "why"))
        #expect(texts(try await channel.next()) == ["why"])
        try await last
    }

    @Test("a cancelled reader wakes, and the sender stops")
    func cancelledReader() async throws {
        let channel = ChunkChannel(patience: .seconds(10))
        let reader = Task { try await channel.next() }
        try await Task.sleep(for: .milliseconds(20))
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        await #expect(throws: CancellationError.self) { try await channel.send(ByteBuffer(string: "x")) }
    }

    @Test("progress is thinned out by time, but each status and each end is told")
    func progress() {
        let rate = ProgressRate(interval: .milliseconds(60))
        let start = ContinuousClock.now
        let digest = Digest(hashing: [1])
        func bytes(_ completed: Int, at milliseconds: Int) -> [Int?] {
            rate.steps(
                after: .pulling(digest, completed: completed, total: 10), now: start + .milliseconds(milliseconds)
            ).map(\.completed)
        }
        #expect(rate.steps(after: .pullingManifest, now: start) == [.pullingManifest])
        #expect(bytes(1, at: 10) == [])
        #expect(bytes(2, at: 20) == [])
        #expect(bytes(3, at: 61) == [3])
        #expect(bytes(4, at: 70) == [])
        #expect(bytes(10, at: 71) == [10])
        #expect(bytes(5, at: 75) == [])
        #expect(
            rate.steps(after: .verifying, now: start + .milliseconds(76))
                == [.pulling(digest, completed: 5, total: 10), .verifying])
    }
}

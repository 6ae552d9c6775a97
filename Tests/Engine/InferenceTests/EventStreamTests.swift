import Inference
import Locking
import Testing

@Suite("An event stream takes events without waiting and tells when the reader is behind")
struct EventStreamTests {
    struct Broken: Error {}

    @Test("events come in order, then the end")
    func order() async throws {
        let stream = EventStream<Int>(bound: 4)
        for number in 0..<3 { #expect(stream.send(number) == .accepted) }
        stream.finish()
        #expect(stream.send(9) == .closed)
        var read: [Int] = []
        while let number = try await stream.next() { read.append(number) }
        #expect(read == [0, 1, 2])
        #expect(try await stream.next() == nil)
    }

    @Test("at the bound it answers full, and calls when half is read")
    func bound() async throws {
        let drained = Locked(0)
        let stream = EventStream<Int>(bound: 4) { drained.withLock { $0 += 1 } }
        #expect((0..<5).map(stream.send) == [.accepted, .accepted, .accepted, .full, .full])
        for _ in 0..<2 { _ = try await stream.next() }
        #expect(drained.withLock { $0 } == 0)
        _ = try await stream.next()
        #expect(drained.withLock { $0 } == 1)
        #expect(stream.send(5) == .accepted)
    }

    @Test("an error comes after the events before it")
    func failure() async throws {
        let stream = EventStream<Int>(bound: 4)
        _ = stream.send(1)
        stream.fail(Broken())
        #expect(try await stream.next() == 1)
        await #expect(throws: Broken.self) { try await stream.next() }
    }

    @Test("a reader that waits is woken by an event, by the end and by cancellation")
    func waking() async throws {
        let stream = EventStream<Int>(bound: 4)
        async let first = stream.next()
        try await Task.sleep(for: .milliseconds(5))
        _ = stream.send(1)
        #expect(try await first == 1)
        let waiting = Task { try await stream.next() }
        try await Task.sleep(for: .milliseconds(5))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(stream.send(2) == .closed)
    }

    @Test("closing drops what waits")
    func closing() async {
        let stream = EventStream<Int>(bound: 4)
        _ = stream.send(1)
        stream.close()
        #expect(stream.send(2) == .closed)
        await #expect(throws: CancellationError.self) { try await stream.next() }
    }
}

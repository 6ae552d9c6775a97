import AsyncHTTPClient
import ModelLibrary
import NIOCore

/// The body of an answer, for as long as it comes fast enough.
struct PacedBody {
    struct TooLarge: Error {}

    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var pace: TransferPace

    init(of response: HTTPClientResponse, pace: TransferPace) {
        iterator = response.body.makeAsyncIterator()
        self.pace = pace
    }

    /// Nil at the end.
    /// - Throws: `TransferPace.TooSlow`, or what the connection failed with.
    mutating func next() async throws -> ByteBuffer? {
        let start = ContinuousClock.now
        guard let buffer = try await iterator.next(isolation: #isolation) else { return nil }
        try pace.add(bytes: buffer.readableBytes, after: start.duration(to: .now))
        return buffer
    }

    /// All of it.
    /// - Throws: also `TooLarge`.
    mutating func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try await next() {
            guard buffer.readableBytes <= limit - bytes.count else { throw TooLarge() }
            bytes += buffer.readableBytesView
        }
        return bytes
    }

    /// Its first bytes, as far as they come.
    mutating func start(upTo limit: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit, let buffer = try? await next() { bytes += buffer.readableBytesView }
        return Array(bytes.prefix(limit))
    }
}

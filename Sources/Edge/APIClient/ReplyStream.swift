package import APITypes
import AsyncHTTPClient
import JSON
import NIOCore

/// The replies of a stream as they arrive, one JSON object a line.
///
/// Lines are read only as fast as they are taken, and dropping the stream ends the request.
package struct ReplyStream<Reply: WireDecodable>: AsyncSequence, Sendable {
    private let body: HTTPClientResponse.Body

    init(_ body: HTTPClientResponse.Body) {
        self.body = body
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: body.makeAsyncIterator())
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var chunks: HTTPClientResponse.Body.AsyncIterator
        private var lines = LineSplitter()

        fileprivate init(chunks: HTTPClientResponse.Body.AsyncIterator) {
            self.chunks = chunks
        }

        /// - Throws: `APIClientError`.
        package mutating func next() async throws -> Reply? {
            while true {
                while let line = lines.next() {
                    if !line.isEmpty { return try decode(line) }
                }
                do {
                    guard let chunk = try await chunks.next(isolation: #isolation) else {
                        guard let rest = lines.end() else { return nil }
                        return try decode(rest)
                    }
                    try lines.add(chunk)
                } catch let error as APIClientError {
                    throw error
                } catch let error where !(error is CancellationError) {
                    throw APIClientError.interrupted("\(error)")
                }
            }
        }

        private func decode(_ line: [UInt8]) throws -> Reply {
            let json = try OllamaClient.read(line) { json in json }
            if let message = json["error"]?.stringValue { throw APIClientError.failed(message: message) }
            do {
                return try Reply(json)
            } catch {
                throw APIClientError.badReply("\(error)")
            }
        }
    }
}

/// Cuts bytes into lines.
struct LineSplitter {
    /// No reply is longer.
    private static let limit = 64 << 20

    private var buffer = ByteBuffer()
    /// How far the buffer has been searched.
    private var searched = 0

    mutating func add(_ chunk: ByteBuffer) throws {
        guard buffer.readableBytes + chunk.readableBytes <= Self.limit else {
            throw APIClientError.badReply("a line is longer than \(Self.limit >> 20) MiB")
        }
        buffer.writeImmutableBuffer(chunk)
    }

    /// The next whole line without its end.
    mutating func next() -> [UInt8]? {
        let view = buffer.readableBytesView
        let start = view.index(view.startIndex, offsetBy: searched)
        guard let end = view[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.readableBytes
            return nil
        }
        let length = view.distance(from: view.startIndex, to: end)
        searched = 0
        let line = buffer.readBytes(length: length) ?? []
        buffer.moveReaderIndex(forwardBy: 1)
        buffer.discardReadBytes()
        return line
    }

    /// What follows the last end of a line, where that is anything.
    mutating func end() -> [UInt8]? {
        let rest = buffer.readBytes(length: buffer.readableBytes) ?? []
        searched = 0
        return rest.isEmpty ? nil : rest
    }
}

import NIOCore
import NIOPosix
import Server
import Testing

/// A connection on which a test says byte for byte what it sends.
final class RawConnection {
    struct Response {
        let version: String
        let status: Int
        /// By name in lower case.
        let headers: [String: String]
        let body: String
    }

    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    private init(
        _ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.iterator = iterator
        self.outbound = outbound
    }

    static func with<Result>(port: Int?, _ body: (RawConnection) async throws -> Result) async throws -> Result {
        let port = try #require(port)
        let channel = try await ClientBootstrap(group: ServerApplication.sharedEventLoops)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawConnection(inbound.makeAsyncIterator(), outbound))
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    func post(_ path: String, _ body: String, headers: String = "") async throws {
        try await send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Says that nothing more is sent.
    func finish() {
        outbound.finish()
    }

    /// The next response; nil where the connection ends instead.
    func response(hasBody: Bool = true) async throws -> Response? {
        guard let head = try await text(through: "\r\n\r\n") else { return nil }
        let lines = head.split(separator: "\r\n")
        let words = try #require(lines.first).split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1)
            headers[field[0].lowercased()] = field[1].trimmingPrefix { $0 == " " }.description
        }
        let status = try #require(Int(words[1]))
        var body = ""
        if status == 100 || status == 204 || !hasBody {
            body = ""
        } else if headers["transfer-encoding"] == "chunked" {
            while let size = try await text(through: "\r\n")?.dropLast().description, let count = Int(size, radix: 16) {
                body += try #require(await text(count: count))
                #expect(try await text(count: 2) == "\r\n")
                if count == 0 { break }
            }
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            body = try #require(await text(count: length))
        } else {
            body = try await rest()
        }
        return Response(version: String(words[0]), status: status, headers: headers, body: body)
    }

    /// All that comes until the server ends the connection.
    func rest() async throws -> String {
        while try await receive() {}
        return received.readString(length: received.readableBytes) ?? ""
    }

    private func receive() async throws -> Bool {
        guard var bytes = try await iterator.next(isolation: #isolation) else { return false }
        received.writeBuffer(&bytes)
        return true
    }

    private func text(through end: String) async throws -> String? {
        while true {
            let text = String(buffer: received)
            if let range = text.firstRange(of: end) {
                let found = String(text[..<range.upperBound])
                received.moveReaderIndex(forwardBy: found.utf8.count)
                return found
            }
            guard try await receive() else { return nil }
        }
    }

    private func text(count: Int) async throws -> String? {
        while received.readableBytes < count {
            guard try await receive() else { return nil }
        }
        return received.readString(length: count)
    }
}

import Locking
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An HTTP server on loopback that answers as a test says, also wrongly. A thread for each connection, one request each.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        /// Names in lower case.
        let headers: [String: String]

        var path: String { String(target.prefix { $0 != "?" }) }

        /// The bounds in `Range: bytes=a-b`.
        var range: ClosedRange<Int>? {
            guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
            let bounds = text.dropFirst(6).split(separator: "-").compactMap { Int($0) }
            return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : nil
        }
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// The length to announce; nil announces that of the body, a negative one none at all.
        var announcedLength: Int?
        /// Close the connection after this many bytes of the body.
        var cut: Int?
        /// Send the body again and again until the client has gone.
        var isEndless = false
        /// Seconds to wait before the second half of the body.
        var pause: Double = 0
        /// Microseconds between bytes of the body, which begins again when it ends.
        var drip: UInt32?
        /// In the place of a status line, headers and body.
        var raw: [UInt8]?
    }

    let port: Int
    private let listener: CInt
    private let requests = Locked<[Request]>([])

    init(_ handler: @escaping @Sendable (Request) -> Reply) throws {
        let listener = Self.makeSocket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, listen(listener, 64) == 0 else { return CInt(-1) }
                return getsockname(listener, pointer, &length)
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.detach { [weak self] in
            // Closed here alone: a number that is closed while this thread is about to accept may be another server's then.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard connection >= 0 else { return }
                Self.detach { [weak self] in
                    defer { close(connection) }
                    guard let request = Self.readRequest(connection) else { return }
                    self?.requests.withLock { $0.append(request) }
                    Self.answer(handler(request), isHead: request.method == "HEAD", to: connection)
                }
            }
        }
    }

    private static func makeSocket() -> CInt {
        #if canImport(Darwin)
            socket(AF_INET, SOCK_STREAM, 0)
        #else
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
    }

    var host: String { "127.0.0.1:\(port)" }
    var received: [Request] { requests.withLock { $0 } }

    private static func readRequest(_ connection: CInt) -> Request? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard bytes.count < 65536, recv(connection, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return Request(method: String(words[0]), target: String(words[1]), headers: headers)
    }

    private static func answer(_ reply: Reply, isHead: Bool, to connection: CInt) {
        if let raw = reply.raw {
            guard let drip = reply.drip else {
                _ = write(raw, to: connection)
                return
            }
            return trickle(raw, every: drip, to: connection)
        }
        var head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\n"
        let length = reply.announcedLength ?? reply.body.count
        if length >= 0 { head += "Content-Length: \(length)\r\n" }
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        guard write(Array((head + "\r\n").utf8), to: connection), !isHead else { return }
        if let drip = reply.drip {
            trickle(reply.body, every: drip, to: connection)
        } else if reply.isEndless {
            while write(reply.body, to: connection) {}
        } else if reply.pause > 0 {
            let half = reply.body.count / 2
            guard write(Array(reply.body[..<half]), to: connection) else { return }
            usleep(UInt32(reply.pause * 1_000_000))
            _ = write(Array(reply.body[half...]), to: connection)
        } else {
            _ = write(Array(reply.body.prefix(reply.cut ?? reply.body.count)), to: connection)
        }
    }

    private static func trickle(_ bytes: [UInt8], every microseconds: UInt32, to connection: CInt) {
        while !bytes.isEmpty {
            for byte in bytes {
                guard write([byte], to: connection) else { return }
                usleep(microseconds)
            }
        }
    }

    private static func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func detach(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

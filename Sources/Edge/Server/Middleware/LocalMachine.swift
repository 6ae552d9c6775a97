import APITypes
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this machine is called on its networks.
enum LocalMachine {
    static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Addresses of all interfaces.
    static var addresses: Set<IPAddress> {
        Set((try? System.enumerateDevices())?.compactMap { $0.address?.ipAddress.flatMap { IPAddress($0) } } ?? [])
    }

    /// The host of an address as a listener takes it: every interface means both versions of IP where the machine has both.
    static func hostToListen(on address: ServerAddress) -> String {
        guard address.isEveryInterface else { return address.host }
        return hasDualStack ? "::" : "0.0.0.0"
    }

    /// Whether a listener of version 6 takes connections of version 4 too.
    private static var hasDualStack: Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET6, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var isAlone: Int32 = 1
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isAlone, &length) == 0, isAlone == 0 else {
            return false
        }
        var anywhere = sockaddr_in6()
        anywhere.sin6_family = sa_family_t(AF_INET6)
        return withUnsafePointer(to: &anywhere) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }
}

extension SocketAddress {
    /// The address alone, for the log: that of a client of version 4 is the same whichever listener took it.
    var clientText: String? {
        guard let text = ipAddress else { return nil }
        return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst("::ffff:".count)) : text
    }
}

/// An address of version 4 or 6.
struct IPAddress: Hashable {
    /// Four or sixteen.
    private let bytes: [UInt8]

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                // A client of version 4 that a listener of version 6 took.
                let isMapped = count == 16 && bytes.starts(with: Self.mappedPrefix)
                self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
                return
            }
        }
        return nil
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Whether the address is of the loopback, of a private network, or none at all.
    var isLocal: Bool {
        if isLoopback || bytes.allSatisfy({ $0 == 0 }) { return true }
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC }
        return switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168): true
        default: false
        }
    }
}

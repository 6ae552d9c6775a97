#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An IP address. IPv4 is held as IPv6 holds it (`::ffff:1.2.3.4`).
package struct NetworkAddress: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

    /// Also takes the old spellings of IPv4 that resolvers take: `127.1`, `0x7f000001`, `2130706433`.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        var wide = in6_addr()
        var narrow = in_addr()
        if inet_pton(AF_INET6, text, &wide) == 1 {
            let bytes = withUnsafeBytes(of: &wide) { Array($0) }
            (high, low) = (Self.number(bytes[..<8]), Self.number(bytes[8...]))
        } else if !text.contains(where: \.isWhitespace), inet_aton(text, &narrow) != 0 {
            (high, low) = (0, Self.mappedPrefix | UInt64(UInt32(bigEndian: narrow.s_addr)))
        } else {
            return nil
        }
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == Self.mappedPrefix >> 32 }

    /// Whether the first `length` bits are those of `network`; of IPv4 addresses, bits of the four bytes.
    package func isIn(_ network: NetworkAddress, length: Int) -> Bool {
        guard isIPv4 == network.isIPv4 else { return false }
        let bits = isIPv4 ? length + 96 : length
        let (highDifference, lowDifference) = (high ^ network.high, low ^ network.low)
        if bits <= 64 { return highDifference >> UInt64(64 - bits) == 0 }
        return highDifference == 0 && lowDifference >> UInt64(128 - bits) == 0
    }

    /// How near a host of this address is.
    package var reach: Reach {
        guard let embedded = embeddedIPv4 else {
            if high == 0, low <= 1 { return .machine }
            if high >> 54 == 0xFE80 >> 6 { return .link }
            let isLocal = high >> 57 == 0xFC >> 1 || high >> 54 == 0xFEC0 >> 6
            return isLocal ? .network : .everywhere
        }
        switch (embedded >> 24, embedded >> 16 & 0xFF) {
        case (0, _), (127, _): return .machine
        case (169, 254): return .link
        case (10, _), (172, 16...31), (192, 168), (100, 64...127): return .network
        default: return .everywhere
        }
    }

    /// The IPv4 address that packets to this one reach: it may be mapped, written the old way, or behind NAT64.
    private var embeddedIPv4: UInt32? {
        let isEmbedded = isIPv4 || high == 0 && low > 1 && low >> 32 == 0 || high == 0x0064_FF9B << 32 && low >> 32 == 0
        return isEmbedded ? UInt32(truncatingIfNeeded: low) : nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// How near a host is, the farthest first.
package enum Reach: Int, Comparable, Sendable {
    /// Everybody reaches it, or nobody knows.
    case everywhere
    /// A private network.
    case network
    /// The same wire; clouds answer there with secrets of the machine.
    case link
    /// This machine.
    case machine

    /// - Parameter host: a name or an IP address, an IPv6 one without brackets. Names are not looked up.
    package init(of host: String) {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        let isLocalName = name == "localhost" || name.hasSuffix(".localhost")
        self = isLocalName ? .machine : NetworkAddress(name)?.reach ?? .everywhere
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

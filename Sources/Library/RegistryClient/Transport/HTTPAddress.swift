/// An absolute `http` or `https` address, in the parts that matter here.
package struct HTTPAddress: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case http, https

        var defaultPort: Int { self == .https ? 443 : 80 }
    }
    package let scheme: Scheme
    /// Host, and port where it is written.
    package let authority: String
    /// Path and query, from the slash on.
    package let target: String
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int

    private static let longest = 16_384

    package init(_ text: String) throws(InvalidAddress) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InvalidAddress(reason: "it has characters that no address has, or too many")
        }
        guard let scheme = [Scheme.https, .http].first(where: { text.lowercased().hasPrefix($0.rawValue + "://") })
        else { throw InvalidAddress(reason: "it begins neither with http:// nor with https://") }
        let rest = text.dropFirst(scheme.rawValue.count + 3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let place = try HostAndPort(rest[..<end])
        let target = rest[end...].prefix { $0 != "#" }
        self.scheme = scheme
        authority = rest[..<end].lowercased()
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        host = place.host
        port = place.port ?? scheme.defaultPort
    }

    private init(_ other: Self, target: String) {
        (scheme, authority, host, port) = (other.scheme, other.authority, other.host, other.port)
        self.target = target
    }

    /// Another path of the same host.
    package func with(target: String) -> Self { Self(self, target: target) }

    /// The address that a `Location` of this one's answer means.
    package func resolving(_ location: String) throws(InvalidAddress) -> HTTPAddress {
        let origin = "\(scheme.rawValue)://\(authority)"
        if location.hasPrefix("//") { return try HTTPAddress("\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return try HTTPAddress(origin + location) }
        if location.contains("://") { return try HTTPAddress(location) }
        let path = target.prefix { $0 != "?" }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return try HTTPAddress(origin + folder + location)
    }

    package var text: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// Whether both are of one server: the same host, port and kind of connection.
    package func hasSameOrigin(as other: Self) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    package var reach: Reach { Reach(of: host) }
}

/// The hosts that are reached without a proxy, as `NO_PROXY` lists them.
struct ProxyExceptions: Hashable, Sendable {
    private enum Rule: Hashable, Sendable {
        case everything
        case network(NetworkAddress, length: Int, port: Int?)
        /// A name and all below it, or only those below it.
        case name(String, isIncluded: Bool, port: Int?)
    }
    private let rules: [Rule]

    /// Reads entries between commas or blanks: `*`, `host`, `.domain`, `*.domain`, an IP address, a network
    /// `10.0.0.0/8`; all but the last may have a port. What is none of these means nothing.
    init(_ text: String) {
        rules = text.lowercased().split { $0 == "," || $0.isWhitespace }.compactMap(Self.rule)
    }

    func contain(host: String, port: Int) -> Bool {
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let address = NetworkAddress(name)
        return rules.contains { rule in
            switch rule {
            case .everything: true
            case .network(let network, let length, let only):
                (only ?? port) == port && address?.isIn(network, length: length) == true
            case .name(let domain, let isIncluded, let only):
                (only ?? port) == port && (isIncluded && name == domain || name.hasSuffix("." + domain))
            }
        }
    }

    private static func rule(_ entry: Substring) -> Rule? {
        if entry == "*" { return .everything }
        if let address = NetworkAddress(entry) { return .network(address, length: address.bitCount, port: nil) }
        if let slash = entry.firstIndex(of: "/") {
            guard let network = NetworkAddress(entry[..<slash]), let length = Int(entry[slash...].dropFirst()),
                (0...network.bitCount).contains(length)
            else { return nil }
            return .network(network, length: length, port: nil)
        }
        let hasStar = entry.hasPrefix("*.")
        let isIncluded = !hasStar && !entry.hasPrefix(".")
        let rest = hasStar ? entry.dropFirst(2) : isIncluded ? entry : entry.dropFirst()
        guard let place = try? HostAndPort(rest) else { return nil }
        if let address = NetworkAddress(place.host) {
            return .network(address, length: address.bitCount, port: place.port)
        }
        return .name(place.host, isIncluded: isIncluded, port: place.port)
    }
}

extension NetworkAddress {
    fileprivate var bitCount: Int { isIPv4 ? 32 : 128 }
}

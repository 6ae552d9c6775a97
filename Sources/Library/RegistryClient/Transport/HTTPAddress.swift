/// An absolute `http` or `https` address, in the parts that matter here.
struct HTTPAddress: Hashable, Sendable {
    let scheme: String
    /// Host, and port where it is written.
    let authority: String
    /// Path and query, from the slash on.
    let target: String

    init(scheme: String, authority: String, target: String) {
        self.scheme = scheme
        self.authority = authority
        self.target = target
    }

    init(_ text: String) throws(RegistryError) {
        guard let scheme = ["https", "http"].first(where: { text.lowercased().hasPrefix($0 + "://") }),
            text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .invalidAddress(String(text.prefix(200))) }
        let rest = text.dropFirst(scheme.count + 3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end].lowercased()
        guard !authority.isEmpty, !authority.contains("@") else { throw .invalidAddress(String(text.prefix(200))) }
        let target = rest[end...].prefix { $0 != "#" }
        self.init(scheme: scheme, authority: authority, target: target.hasPrefix("/") ? String(target) : "/" + target)
    }

    /// The address that a `Location` of this one's answer means.
    func resolving(_ location: String) throws(RegistryError) -> HTTPAddress {
        if location.hasPrefix("//") { return try HTTPAddress("\(scheme):\(location)") }
        if location.hasPrefix("/") { return try HTTPAddress("\(scheme)://\(authority)\(location)") }
        if location.contains("://") { return try HTTPAddress(location) }
        let path = target.prefix { $0 != "?" }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return try HTTPAddress("\(scheme)://\(authority)\(folder)\(location)")
    }

    var text: String { "\(scheme)://\(authority)\(target)" }

    /// Host and port, the port also where it is not written.
    var endpoint: String {
        let hasPort = authority.hasSuffix("]") ? false : authority.split(separator: "]").last?.contains(":") == true
        return hasPort ? authority : authority + (scheme == "https" ? ":443" : ":80")
    }
}

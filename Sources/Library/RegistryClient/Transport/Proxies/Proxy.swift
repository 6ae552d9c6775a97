import JSON

/// A server that carries connections to others.
package struct Proxy: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case http, socks5
    }
    package struct Credentials: Hashable, Sendable {
        package let user: String
        package let password: String
    }
    package let kind: Kind
    /// A name or an IP address, an IPv6 one without brackets.
    package let host: String
    package let port: Int
    package let credentials: Credentials?

    /// Reads `[http://|socks5://|socks5h://][USER[:PASSWORD]@]HOST[:PORT]`. The error never repeats the password.
    package init(_ text: String) throws(InvalidAddress) {
        var rest = text[...]
        var scheme = "http"
        if let end = text.firstIndex(of: ":"), text[end...].hasPrefix("://") {
            scheme = text[..<end].lowercased()
            rest = text[end...].dropFirst(3)
        }
        switch scheme {
        case "http": kind = .http
        case "socks5", "socks5h": kind = .socks5
        case "https": throw InvalidAddress(reason: "proxies behind TLS are not supported; write http://HOST:PORT")
        default: throw InvalidAddress(reason: "its kind is not supported; write http://HOST:PORT or socks5://HOST:PORT")
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") {
            credentials = try Credentials(rest[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        guard credentials == nil || kind == .http else {
            throw InvalidAddress(reason: "a name and a password are supported for http:// proxies only")
        }
        let place = try HostAndPort(rest)
        host = place.host
        port = place.port ?? (kind == .http ? 80 : 1080)
    }

    /// `HOST:PORT`.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Proxy.Credentials {
    fileprivate init(_ text: Substring) throws(InvalidAddress) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = parts.first?.percentDecoded,
            let password = (parts.count > 1 ? parts[1] : "").percentDecoded
        else { throw InvalidAddress(reason: "a percent sign in its user or password is to be written as %25") }
        self.user = user
        self.password = password
    }
}

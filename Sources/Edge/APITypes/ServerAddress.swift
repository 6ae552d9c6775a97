/// Where a server listens or is reached, as `OLLAMA_HOST` says it.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    package static let defaultPort = 11434

    package var scheme: String
    /// A name or an address without brackets; empty where only a port was given, which means every interface.
    package var host: String
    package var port: Int
    /// Without slashes at its ends; the prefix of all paths for a client.
    package var path: String

    package init(scheme: String = "http", host: String = "127.0.0.1", port: Int = defaultPort, path: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads `host`, `:port`, `host:port`, `[v6]:port` and `scheme://…/path`, also in quotes; whatever is missing or wrong
    /// has its default.
    /// - Parameter warn: told what is wrong.
    package init(parsing text: String, warn: (String) -> Void = { _ in }) {
        guard let text = EnvironmentText.value(text) else {
            self.init()
            return
        }
        guard text != "ollama.com" else {
            self.init(scheme: "https", host: "ollama.com", port: 443)
            return
        }
        self.init()
        var rest = text[...]
        var defaultPort = Self.defaultPort
        if let (before, after) = text.cut(at: "://") {
            scheme = before.lowercased()
            rest = after
            defaultPort = scheme == "https" ? 443 : scheme == "http" ? 80 : Self.defaultPort
        }
        if let (before, after) = rest.cut(at: "/") {
            path = String(after.trimmed { $0 == "/" })
            rest = before
        }
        let (host, port) = Self.split(rest)
        self.host = host
        let number = port.flatMap { Port($0)?.number }
        if let port, !port.isEmpty, number == nil {
            warn("port \(goQuoted(String(port))) is none from 0 to 65535; port \(defaultPort) is taken")
        }
        self.port = number ?? defaultPort
    }

    /// Host and port; the host is the default one where the text is empty.
    private static func split(_ text: Substring) -> (host: String, port: Substring?) {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if !host.isEmpty, rest.isEmpty || rest.first == ":" { return (host, rest.isEmpty ? nil : rest.dropFirst()) }
        }
        let colons = text.count(where: { $0 == ":" })
        if colons == 1, let (host, port) = text.cut(at: ":") { return (String(host), port) }
        return (text.isEmpty ? "127.0.0.1" : String(text), nil)
    }

    /// Host and port as an authority: `[::1]:11434`.
    package var authority: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether the address stands for all of this machine's.
    package var isEveryInterface: Bool { ["", "0.0.0.0", "::"].contains(host) }

    /// Whether a client can look for the host: what is neither a name nor an address breaks libraries further down.
    package var namesHost: Bool { isEveryInterface || Authority(authority)?.host.isEmpty == false }

    /// The address for a client, without a slash at its end. One that stands for every interface is this machine.
    package var description: String {
        var reached = self
        if isEveryInterface { reached.host = host == "::" ? "::1" : "127.0.0.1" }
        return "\(scheme)://\(reached.authority)" + (path.isEmpty ? "" : "/\(path)")
    }
}

extension StringProtocol where SubSequence == Substring {
    fileprivate func cut(at separator: String) -> (Substring, Substring)? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(separator) {
                return (self[..<start], self[index(start, offsetBy: separator.count)...])
            }
            start = index(after: start)
        }
        return nil
    }

    fileprivate func trimmed(_ isTrimmed: (Character) -> Bool) -> Substring {
        guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}

import APITypes

/// Which web pages may use the server.
package struct OriginPolicy: Hashable, Sendable {
    private var allowed: [Pattern] = []
    private(set) package var allowsAll = false

    private struct Pattern: Hashable, Sendable {
        let prefix: String
        /// Nil where the origin must equal the prefix.
        let suffix: String?

        func matches(_ origin: String) -> Bool {
            guard let suffix else { return origin == prefix }
            return origin.utf8.count >= prefix.utf8.count + suffix.utf8.count && origin.hasPrefix(prefix)
                && origin.hasSuffix(suffix)
        }
    }

    private static let schemes = [
        "http", "https", "chrome-extension", "safari-extension", "moz-extension", "ms-browser-extension",
    ]

    /// Pages of this machine and of desktop programs.
    package init() {
        for host in ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"] {
            for scheme in ["http", "https"] {
                allowed.append(Pattern(prefix: "\(scheme)://\(host)", suffix: nil))
                allowed.append(Pattern(prefix: "\(scheme)://\(host):", suffix: ""))
            }
        }
        for scheme in ["app", "file", "tauri", "vscode-webview", "vscode-file"] {
            allowed.append(Pattern(prefix: "\(scheme)://", suffix: ""))
        }
    }

    /// Adds origins, separated by commas; one `*` in each stands for any text.
    package init(list: String) throws(ServerError) {
        self.init()
        for entry in list.split(separator: ",").compactMap({ EnvironmentText.value(String($0)) }) {
            if entry == "*" {
                allowsAll = true
                continue
            }
            let parts = entry.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
            switch parts.count {
            case 1:
                // Pages copy the slash at the end from the address line.
                let text = entry.last == "/" ? entry.dropLast() : entry[...]
                guard let origin = WebOrigin(text), Self.schemes.contains(origin.scheme) else {
                    throw .badOrigin(entry)
                }
                allowed.append(Pattern(prefix: origin.description, suffix: nil))
            case 2:
                allowed.append(Pattern(prefix: parts[0], suffix: parts[1]))
            default:
                throw .badOrigin(entry)
            }
        }
    }

    package func allows(_ origin: String) -> Bool {
        if allowsAll { return true }
        guard let origin = WebOrigin(origin)?.description else { return false }
        return allowed.contains { $0.matches(origin) }
    }
}

/// Where a web page is from, as the `Origin` header says it; `null` and whatever else is no address is none.
private struct WebOrigin: CustomStringConvertible {
    let scheme: String
    private let authority: Authority

    init?(_ text: some StringProtocol) {
        let text = String(text)
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
            let authority = Authority(text[text.index(colon, offsetBy: 3)...])
        else { return nil }
        scheme = text[..<colon].lowercased()
        self.authority = authority
    }

    var description: String { "\(scheme)://\(authority)" }
}

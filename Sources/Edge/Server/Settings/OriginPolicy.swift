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
        "http://", "https://", "chrome-extension://", "safari-extension://", "moz-extension://",
        "ms-browser-extension://",
    ]

    /// Pages of this machine and of desktop programs.
    package init() {
        for host in ["localhost", "127.0.0.1", "0.0.0.0"] {
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
        for entry in list.split(separator: ",").map({ SettingText.unquoted(String($0)) }) where !entry.isEmpty {
            if entry == "*" {
                allowsAll = true
                continue
            }
            let parts = entry.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
            switch parts.count {
            case 1:
                guard Self.schemes.contains(where: entry.hasPrefix) else { throw .badOrigin(entry) }
                allowed.append(Pattern(prefix: entry, suffix: nil))
            case 2:
                allowed.append(Pattern(prefix: parts[0], suffix: parts[1]))
            default:
                throw .badOrigin(entry)
            }
        }
    }

    package func allows(_ origin: String) -> Bool {
        allowsAll || allowed.contains { $0.matches(origin) }
    }
}

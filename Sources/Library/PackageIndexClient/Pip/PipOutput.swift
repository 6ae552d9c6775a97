/// Reads the lines that `pip download` prints: what is being fetched, and why it failed.
package struct PipOutput {
    /// The file that is being fetched, and its size in bytes as far as it is printed.
    package private(set) var current: (name: String, size: Int?)?
    private var sawNoVersion: String?
    private var networkTrouble: String?
    private var sawDiskFull = false
    private var sawNoPip = false
    private var lastError: String?

    package init() {}

    package mutating func read(_ line: String) {
        let text = String(line.trimmed)
        for verb in ["Downloading ", "Using cached "] where text.hasPrefix(verb) {
            current = Self.file(in: String(text.dropFirst(verb.count)))
        }
        if text.hasPrefix("ERROR: ") {
            lastError = String(text.dropFirst(7))
            if let versions = Self.versions(in: text) { sawNoVersion = versions }
        }
        if text.contains("No module named pip") || text.contains("No module named 'pip'") { sawNoPip = true }
        if text.contains("No space left on device") || text.contains("[Errno 28]") { sawDiskFull = true }
        if let trouble = Self.networkTrouble(in: text) { networkTrouble = trouble }
    }

    /// Why pip ended with a failure.
    func failure(of requirement: String, program: String) -> PackageIndexError {
        if sawNoPip { return .pipMissing(program) }
        if sawDiskFull { return .diskFull }
        if let networkTrouble { return .unreachable(networkTrouble) }
        if let sawNoVersion {
            return sawNoVersion == "none"
                ? .packageNotFound(requirement) : .versionNotFound(requirement, available: sawNoVersion)
        }
        return .pipFailed(package: requirement, reason: lastError ?? "it gave no reason")
    }

    /// `name.whl (92.9 MB)`, where the name may be an address.
    private static func file(in text: String) -> (name: String, size: Int?) {
        let words = text.split(separator: " ")
        let name = (words.first ?? "").split(separator: "/").last ?? ""
        guard words.count >= 3, words[words.count - 2].hasPrefix("("), words[words.count - 1].hasSuffix(")"),
            let number = Double(words[words.count - 2].dropFirst()), number >= 0, number < 1e9
        else { return (String(name), nil) }
        let unit: Double? =
            switch words[words.count - 1].dropLast() {
            case "bytes": 1
            case "kB": 1e3
            case "MB": 1e6
            case "GB": 1e9
            default: nil
            }
        return (String(name), unit.map { Int(number * $0) })
    }

    /// The versions in `… (from versions: 0.1, 0.2)`.
    private static func versions(in text: String) -> String? {
        let words = text.split(separator: " ")
        guard let from = words.firstIndex(of: "(from"), words.dropFirst(from + 1).first == "versions:" else {
            return nil
        }
        let versions = words.dropFirst(from + 2).joined(separator: " ").prefix { $0 != ")" }
        return String(versions.prefix(200))
    }

    private static let networkSigns = [
        "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "SSLError",
        "NameResolutionError",
        "ProtocolError", "ConnectionResetError", "IncompleteRead", "HTTPSConnectionPool", "HTTPConnectionPool",
    ]

    private static func networkTrouble(in text: String) -> String? {
        guard networkSigns.contains(where: text.contains) else { return nil }
        for reason in [
            "Connection refused", "Temporary failure in name resolution", "Name or service not known",
            "Network is unreachable", "No route to host", "timed out", "certificate verify failed",
        ] where text.contains(reason) {
            return reason.lowercased()
        }
        return "the connection failed"
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// A host with or without a port, as the `Host` header and the origins of web pages name it.
///
/// Strict: a user's name and password, a path, or anything else beside a name or address and a number makes it none. What
/// is let through by its host would otherwise be decided by who reads the text how.
package struct Authority: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, without brackets, zone, and the dot at the end; empty where the text names none.
    package let host: String
    /// 0 to 65535.
    package let port: Int?
    /// Whether the host is an address of version 6.
    private let isBracketed: Bool

    package init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        guard text.first == "[" else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, name.utf8.allSatisfy(Self.isOfName),
                let port = Port(parts.count > 1 ? parts[1] : "")
            else { return nil }
            let host = name.last == "." ? name.dropLast() : name
            self.init(host: String(host), port: port.number, isBracketed: false)
            return
        }
        guard let end = text.firstIndex(of: "]") else { return nil }
        let inside = text[text.index(after: text.startIndex)..<end]
        let rest = text[text.index(after: end)...]
        let parts = inside.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.contains(":"), address.utf8.allSatisfy(Self.isOfAddress),
            parts.count < 2 || parts[1].utf8.allSatisfy(Self.isOfName),
            rest.isEmpty || rest.first == ":", let port = Port(rest.dropFirst())
        else { return nil }
        self.init(host: String(address), port: port.number, isBracketed: true)
    }

    private init(host: String, port: Int?, isBracketed: Bool) {
        self.host = host
        self.port = port
        self.isBracketed = isBracketed
    }

    package var description: String {
        (isBracketed ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// The number behind a host's colon.
struct Port {
    /// 0 to 65535; nil where there is none.
    let number: Int?

    /// - Parameter digits: nothing but digits; none means no port.
    init?(_ digits: some StringProtocol) {
        guard !digits.isEmpty else {
            number = nil
            return
        }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt16(digits)
        else { return nil }
        self.number = Int(number)
    }
}

/// Why a text is no address.
package struct InvalidAddress: Error, Hashable, Sendable {
    package let reason: String
}

/// A host, and the port that is written with it: what may stand in a name of a model, an address or a proxy's variable.
/// What passes here can be given to a socket.
package struct HostAndPort: Hashable, Sendable {
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int?

    private static let longestHost = 253

    package init(_ text: some StringProtocol) throws(InvalidAddress) {
        let text = text.lowercased()
        let rest: Substring
        if text.hasPrefix("[") {
            let inner = text.dropFirst().prefix { $0 != "]" }
            rest = text.dropFirst(inner.count + 2)
            guard text.dropFirst(inner.count + 1).hasPrefix("]"), inner.contains(":"), NetworkAddress(inner) != nil
            else { throw InvalidAddress(reason: "there is no IPv6 address between the brackets") }
            host = String(inner)
        } else {
            let name = text.prefix { $0 != ":" }
            rest = text.dropFirst(name.count)
            guard !name.isEmpty else { throw InvalidAddress(reason: "it names no host") }
            guard name.utf8.count <= Self.longestHost, name.utf8.allSatisfy(Self.isHostCharacter) else {
                throw InvalidAddress(reason: "its host is no name and no IP address")
            }
            host = String(name)
        }
        guard !rest.isEmpty else {
            port = nil
            return
        }
        guard rest.hasPrefix(":"), let number = Self.port(rest.dropFirst()) else {
            throw InvalidAddress(reason: "a port is a number from 1 to 65535")
        }
        port = number
    }

    package var reach: Reach { Reach(of: host) }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = Int(text), (1...65535).contains(number)
        else { return nil }
        return number
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

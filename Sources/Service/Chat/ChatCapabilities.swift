/// What a chat format can carry beyond plain turns.
package struct ChatCapabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let tools = Self(rawValue: 1)
    package static let thinking = Self(rawValue: 2)
    /// Filling in between a prefix and a suffix.
    package static let insert = Self(rawValue: 4)

    /// As `/api/show` lists them.
    package var names: [String] {
        let named: [(Self, String)] = [(.tools, "tools"), (.insert, "insert"), (.thinking, "thinking")]
        return named.filter { contains($0.0) }.map(\.1)
    }
}

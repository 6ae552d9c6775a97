/// Kinds of bytes: texts of some kinds lead from many states of an automaton back to them, so that none of the tokens
/// that have no others needs to be looked at.
struct ByteKinds: OptionSet, Sendable {
    let rawValue: UInt8

    static let none: ByteKinds = []
    static let all = ByteKinds(rawValue: (1 << UInt8(members.count)) - 1)

    /// The bytes of each kind.
    static let members = [
        ByteSet(0x61...0x7A), ByteSet(0x41...0x5A), ByteSet(0x30...0x39), ByteSet(0x20...0x20),
        ByteSet(0x21...0x21, 0x23...0x2F, 0x3A...0x3B, 0x3D...0x40, 0x5B...0x5B, 0x5D...0x60, 0x7B...0x7E),
        ByteSet(0x22...0x22, 0x3C...0x3C, 0x5C...0x5C), ByteSet(0x00...0x1F, 0x7F...0x7F), ByteSet(0x80...0xFF),
    ]

    private static let ofByte = (UInt8.min...UInt8.max).map { byte in
        ByteKinds(rawValue: 1 << UInt8(members.firstIndex { $0.contains(byte) } ?? 0))
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ byte: UInt8) { self = Self.ofByte[Int(byte)] }
}

/// Characters in bytes of which some may be no UTF-8.
enum UTF8Lead {
    /// U+FFFD, which stands for a byte that is part of no character.
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// The bytes of a character by its first byte, valid or not.
    static func length(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC0...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xFF: 4
        default: 1
        }
    }

    /// The bytes of the valid character at `offset`, or 0.
    static func validLength(in source: UnsafeRawBufferPointer, at offset: Int) -> Int {
        let lead = source[offset]
        guard lead >= 0x80 else { return 1 }
        let length = length(lead)
        guard (0xC2...0xF4).contains(lead), offset + length <= source.count else { return 0 }
        let second: ClosedRange<UInt8> =
            switch lead {  // no overlong forms, no surrogates, nothing beyond U+10FFFF
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        guard second.contains(source[offset + 1]) else { return 0 }
        for index in 2..<max(length, 2) where source[offset + index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}

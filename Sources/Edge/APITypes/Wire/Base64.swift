/// Standard base64 with padding, decoded by Go's rules: line breaks are skipped, an error names the byte.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: .max, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for (index, byte) in group.enumerated() { bits |= UInt32(byte) << UInt32(16 - 8 * index) }
            for index in 0..<4 {
                text.append(
                    index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: String) throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        var position = 0
        for character in text.utf8 {
            defer { position += 1 }
            if character == UInt8(ascii: "\n") || character == UInt8(ascii: "\r") { continue }
            if character == UInt8(ascii: "="), digits + padding >= 2, digits + padding < 4, digits >= 2 {
                padding += 1
                continue
            }
            let value = values[Int(character)]
            guard value != .max, padding == 0 else { throw corrupt(position) }
            bits = bits << 6 | UInt32(value)
            digits += 1
            if digits == 4 {
                bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
                bits = 0
                digits = 0
            }
        }
        switch (digits, padding) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(bits >> 4 & 255))
        case (3, 1): bytes += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
        default: throw corrupt(position)
        }
        return bytes
    }

    private static func corrupt(_ position: Int) -> WireError {
        .invalid("illegal base64 data at input byte \(position)")
    }
}

/// The printable characters that stand for the 256 bytes in byte-level vocabularies.
enum ByteAlphabet {
    /// The character for each byte: itself where it is printable in Latin-1, else one from U+0100 on.
    private static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (UInt32(0)...255).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            guard !isPrintable else { return byte }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte for each character below U+0200, or -1.
    private static let bytes: [Int16] = {
        var result = Array(repeating: Int16(-1), count: 0x200)
        for (byte, scalar) in scalars.enumerated() { result[Int(scalar)] = Int16(byte) }
        return result
    }()

    /// Appends the bytes that `text` stands for; characters outside the alphabet stay as they are.
    ///
    /// - Returns: whether all characters belong to the alphabet.
    @discardableResult
    static func decode(_ text: some Collection<UInt8>, into result: inout [UInt8]) -> Bool {
        var isComplete = true
        var iterator = text.makeIterator()
        while let first = iterator.next() {
            // All characters of the alphabet have one or two bytes.
            guard first >= 0x80 else {
                isComplete = append(UInt32(first), or: [first], to: &result) && isComplete
                continue
            }
            guard (0xC2...0xDF).contains(first), let second = iterator.next() else {
                result.append(first)
                isComplete = false
                continue
            }
            let scalar = UInt32(first & 0x1F) << 6 | UInt32(second & 0x3F)
            isComplete = append(scalar, or: [first, second], to: &result) && isComplete
        }
        return isComplete
    }

    private static func append(_ scalar: UInt32, or original: [UInt8], to result: inout [UInt8]) -> Bool {
        if scalar < 0x200, bytes[Int(scalar)] >= 0 {
            result.append(UInt8(bytes[Int(scalar)]))
            return true
        }
        result += original
        return false
    }
}

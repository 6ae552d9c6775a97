/// The character `▁`, which stands for a space in the vocabularies of SentencePiece and of those who took it over.
enum SpaceMark {
    static let bytes: [UInt8] = [0xE2, 0x96, 0x81]
    static let scalar: UInt32 = 0x2581

    /// `text` with `▁` for each space.
    ///
    /// - Parameter atStart: one more goes before it.
    static func marked(_ text: UnsafeRawBufferPointer, atStart: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2 + 3)
        if atStart { result += bytes }
        for byte in text {
            if byte == UInt8(ascii: " ") { result += bytes } else { result.append(byte) }
        }
        return result
    }

    /// `text` with `▁` for each space, and before each line that does not begin with one.
    static func markedAtLineStarts(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count * 2)
        var startsLine = true
        for (offset, byte) in text.enumerated() {
            let isMark = byte == UInt8(ascii: " ") || text[offset...].starts(with: bytes)
            if startsLine, byte != 0x0A, !isMark { result += bytes }
            startsLine = byte == 0x0A
            if byte == UInt8(ascii: " ") { result += bytes } else { result.append(byte) }
        }
        return result
    }

    /// Appends `text` with a space for each `▁`.
    static func appendUnmarked(_ text: ArraySlice<UInt8>, to piece: inout [UInt8]) {
        var rest = text
        while let byte = rest.first {
            if byte == bytes[0], rest.starts(with: bytes) {
                piece.append(UInt8(ascii: " "))
                rest = rest.dropFirst(bytes.count)
            } else {
                piece.append(byte)
                rest = rest.dropFirst()
            }
        }
    }
}

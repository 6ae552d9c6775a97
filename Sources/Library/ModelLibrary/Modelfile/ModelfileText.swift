/// Decodes the text of a Modelfile. A line may end as on Windows, and controls are dropped; everything else is the
/// author's, also what cannot be seen: joiners, no-break spaces, marks of direction.
enum ModelfileText {
    /// The characters, with a line feed for each CR LF and without a byte order mark.
    static func scalars(of bytes: [UInt8]) -> [Unicode.Scalar] {
        let text =
            switch (bytes.first, bytes.dropFirst().first) {
            case (0xFF, 0xFE): String(decoding: units(of: bytes, littleEndian: true), as: UTF16.self)
            case (0xFE, 0xFF): String(decoding: units(of: bytes, littleEndian: false), as: UTF16.self)
            default: String(decoding: bytes, as: UTF8.self)
            }
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            if isKept(scalar) { scalars.append(scalar) }
        }
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return scalars
    }

    /// The units after the byte order mark.
    private static func units(of bytes: [UInt8], littleEndian: Bool) -> [UInt16] {
        stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return littleEndian ? second << 8 | first : first << 8 | second
        }
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar.properties.generalCategory != .control
    }
}

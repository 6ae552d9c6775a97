/// Decodes the text of a Modelfile and drops what cannot be printed.
enum ModelfileText {
    static func scalars(of bytes: [UInt8]) -> [Unicode.Scalar] {
        let text =
            switch (bytes.first, bytes.dropFirst().first) {
            case (0xFF, 0xFE): String(decoding: units(of: bytes, littleEndian: true), as: UTF16.self)
            case (0xFE, 0xFF): String(decoding: units(of: bytes, littleEndian: false), as: UTF16.self)
            default: String(decoding: bytes, as: UTF8.self)
            }
        return text.unicodeScalars.filter(isKept)
    }

    /// The units after the byte order mark.
    private static func units(of bytes: [UInt8], littleEndian: Bool) -> [UInt16] {
        stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return littleEndian ? second << 8 | first : first << 8 | second
        }
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}

/// Go's quoted strings, written and read.
enum GoQuoting {
    /// As `strconv.Quote`, or `QuoteToASCII`.
    static func quote(_ text: String, asciiOnly: Bool = false) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escape(scalar, quote: "\"", asciiOnly: asciiOnly) }
        return result + "\""
    }

    /// As `strconv.QuoteRune`.
    static func quoteCharacter(_ scalar: Unicode.Scalar, asciiOnly: Bool = false) -> String {
        "'\(escape(scalar, quote: "'", asciiOnly: asciiOnly))'"
    }

    /// `U+0041`.
    static func codePoint(_ value: UInt64) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String.repeated("0", max(0, 4 - digits.utf8.count)) + digits
    }

    /// `U+0041 'A'`, or only the number of what cannot be shown.
    static func unicodeNotation(_ scalar: Unicode.Scalar) -> String {
        isPrintable(scalar) ? "\(codePoint(UInt64(scalar.value))) '\(scalar)'" : codePoint(UInt64(scalar.value))
    }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, asciiOnly: Bool) -> String {
        switch scalar {
        case quote, "\\": return "\\\(scalar)"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\u{0C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0B}": return "\\v"
        default: break
        }
        if scalar.isASCII ? (0x20..<0x7F).contains(scalar.value) : (!asciiOnly && isPrintable(scalar)) {
            return String(scalar)
        }
        switch scalar.value {
        case 0..<0x80: return "\\x" + hex(scalar.value, digits: 2)
        case 0..<0x10000: return "\\u" + hex(scalar.value, digits: 4)
        default: return "\\U" + hex(scalar.value, digits: 8)
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String.repeated("0", max(0, digits - text.utf8.count)) + text
    }

    /// The bytes of an interpreted literal with its quotes, as `strconv.Unquote` reads it; nil where it is malformed.
    static func unquote(_ literal: String) -> [UInt8]? {
        let source = Array(literal.utf8)
        guard source.count >= 2, let quote = source.first else { return nil }
        var reader = LiteralReader(source: source.dropLast(), position: 1, quote: quote)
        return reader.bytes()
    }

    private struct LiteralReader {
        let source: ArraySlice<UInt8>
        var position: Int
        let quote: UInt8

        mutating func bytes() -> [UInt8]? {
            var output: [UInt8] = []
            while let byte = next() {
                if byte == UInt8(ascii: "\\") {
                    guard appendEscape(to: &output) else { return nil }
                } else {
                    output.append(byte)
                }
            }
            return output
        }

        private mutating func next() -> UInt8? {
            guard position < source.endIndex else { return nil }
            defer { position += 1 }
            return source[position]
        }

        private mutating func appendEscape(to output: inout [UInt8]) -> Bool {
            guard let escape = next() else { return false }
            switch escape {
            case UInt8(ascii: "a"): output.append(0x07)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "v"): output.append(0x0B)
            case UInt8(ascii: "\\"), quote: output.append(escape)
            case UInt8(ascii: "x"): return appendByte(digits: 2, radix: 16, to: &output)
            case UInt8(ascii: "u"): return appendScalar(digits: 4, to: &output)
            case UInt8(ascii: "U"): return appendScalar(digits: 8, to: &output)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                position -= 1
                return appendByte(digits: 3, radix: 8, to: &output)
            default: return false
            }
            return true
        }

        private mutating func number(digits: Int, radix: Int) -> UInt32? {
            guard position + digits <= source.endIndex else { return nil }
            let text = String(decoding: source[position..<(position + digits)], as: UTF8.self)
            guard !text.hasPrefix("+"), !text.hasPrefix("-") else { return nil }
            position += digits
            return UInt32(text, radix: radix)
        }

        /// In a character constant the number is a code point, in a string a byte.
        private mutating func appendByte(digits: Int, radix: Int, to output: inout [UInt8]) -> Bool {
            guard let value = number(digits: digits, radix: radix), let byte = UInt8(exactly: value) else {
                return false
            }
            if quote == UInt8(ascii: "'") {
                output += String(Unicode.Scalar(byte)).utf8
            } else {
                output.append(byte)
            }
            return true
        }

        private mutating func appendScalar(digits: Int, to output: inout [UInt8]) -> Bool {
            guard let value = number(digits: digits, radix: 16), let scalar = Unicode.Scalar(value) else {
                return false
            }
            output += String(scalar).utf8
            return true
        }
    }
}

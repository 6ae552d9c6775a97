extension JSONParser {
    // MARK: Numbers

    mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try byte() == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits("in numeric literal")
        }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits("after decimal point in numeric literal")
        }
        if let letter = peek, letter | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try skipDigits("in exponent of numeric literal")
        }
        let text = String(decoding: bytes[start..<position].prefix(Self.longestNumber), as: UTF8.self)
        guard position - start <= Self.longestNumber else { throw outOfRange(text, at: start) }
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw outOfRange(text, at: start) }
        return .number(number)
    }

    /// No number that means something has more characters.
    private static let longestNumber = 4096

    private func outOfRange(_ number: String, at offset: Int) -> JSONError {
        .numberOutOfRange(number.excerpt(), offset: offset)
    }

    private mutating func skipDigits(_ context: String) throws(JSONError) {
        let first = try byte()
        guard isDigit(first) else { throw unexpected(first, context) }
        while let byte = peek, isDigit(byte) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    // MARK: Strings

    /// Parses the string whose opening quote lies at the position.
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        let length = lengthOfString()
        if length > 15 { try charge(Self.objectBytes + length) }
        var decoded: [UInt8] = []
        var runStart = start
        while true {
            let byte = try byte()
            switch byte {
            case UInt8(ascii: "\""):
                let run = bytes[runStart..<position]
                position += 1
                guard runStart != start else { return try text(run, at: start) }
                decoded += run
                return try text(decoded[...], at: start)
            case UInt8(ascii: "\\"):
                if runStart == start { decoded.reserveCapacity(length) }
                decoded += bytes[runStart..<position]
                position += 1
                try parseEscape(into: &decoded)
                runStart = position
            case 0..<0x20:
                throw unexpected(byte, "in string literal")
            default:
                position += 1
            }
        }
    }

    /// How many bytes lie before the quote that closes the string at the position, or before the end.
    private func lengthOfString() -> Int {
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(end, bytes.count) - position
    }

    private func text(_ utf8: ArraySlice<UInt8>, at offset: Int) throws(JSONError) -> String {
        if let text = String(validating: utf8, as: UTF8.self) { return text }
        guard options.replacesInvalidUTF8 else { throw .invalidUTF8(offset: offset) }
        return String(decoding: utf8, as: UTF8.self)
    }

    private mutating func parseEscape(into decoded: inout [UInt8]) throws(JSONError) {
        let letter = try byte()
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(letter)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            let scalar = try parseEscapedScalar()
            if scalar.isASCII {
                decoded.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                decoded += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
            return
        default: throw unexpected(letter, "in string escape code")
        }
        position += 1
    }

    /// Parses the four digits after `\u`, and the second half of a surrogate pair where there is one.
    private mutating func parseEscapedScalar() throws(JSONError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let unit = try parseCodeUnit()
        guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) ?? replacement }
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return replacement }
        let afterLead = position
        position += 2
        let trail = try parseCodeUnit()
        guard UTF16.isTrailSurrogate(trail) else {
            position = afterLead
            return replacement
        }
        let offset = UInt32(unit & 0x3FF) << 10 | UInt32(trail & 0x3FF)
        return Unicode.Scalar(0x10000 + offset) ?? replacement
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit = try byte()
            guard let value = hexadecimalValue(of: digit) else {
                throw unexpected(digit, "in \\u hexadecimal character escape")
            }
            unit = unit << 4 | UInt16(value)
            position += 1
        }
        return unit
    }

    private func hexadecimalValue(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

import JSON

extension JinjaLexer {
    /// Scans a name, number or string at the index; false if none begins there.
    mutating func scanLiteral() throws(TemplateError) -> Bool {
        let start = index
        let first = source[start]
        if first == "'" || first == "\"" {
            append(.string(try scanString(quote: first)), at: start)
        } else if first.isASCIIDigit {
            append(try scanNumber(), at: start)
        } else if first == "_" || first.properties.isXIDStart {
            while index < source.count, source[index].properties.isXIDContinue { index += 1 }
            guard index - start <= TemplateSource.longestName else { throw error(TemplateSource.longName, at: start) }
            append(.name(text(start..<index)), at: start)
        } else {
            return false
        }
        return true
    }

    // MARK: Numbers

    private mutating func scanNumber() throws(TemplateError) -> JinjaToken.Kind {
        let start = index
        if source[index] == "0", index + 1 < source.count, let radix = radix(of: source[index + 1]) {
            index += 2
            skipDigits(radix: radix)
            return .integer(try integer(text(start + 2..<index), radix: radix, at: start))
        }
        skipDigits(radix: 10)
        var isFloat = false
        // A dot after a dot is an index: in `a.0.1` neither number has a fraction.
        let followsDot = start > 0 && source[start - 1] == "."
        if !followsDot, index + 1 < source.count, source[index] == ".", source[index + 1].isASCIIDigit {
            isFloat = true
            index += 1
            skipDigits(radix: 10)
        }
        if !followsDot, let exponent = exponentEnd() {
            isFloat = true
            index = exponent
            skipDigits(radix: 10)
        }
        let digits = text(start..<index)
        guard isFloat else { return .integer(try integer(digits, radix: 10, at: start)) }
        guard let value = Double(withoutUnderscores(digits)) else { throw error("invalid number", at: start) }
        return .float(value)
    }

    private func radix(of scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "b", "B": 2
        case "o", "O": 8
        case "x", "X": 16
        default: nil
        }
    }

    /// The index of the first digit of an exponent at the index.
    private func exponentEnd() -> Int? {
        guard index < source.count, source[index] == "e" || source[index] == "E" else { return nil }
        var end = index + 1
        if end < source.count, source[end] == "+" || source[end] == "-" { end += 1 }
        return end < source.count && source[end].isASCIIDigit ? end : nil
    }

    private mutating func skipDigits(radix: Int) {
        while index < source.count {
            let isDigit = Character(source[index]).hexDigitValue.map { $0 < radix && source[index].isASCII } ?? false
            let isSeparator =
                source[index] == "_" && index + 1 < source.count
                && (Character(source[index + 1]).hexDigitValue ?? radix) < radix
            guard isDigit || isSeparator else { return }
            index += 1
        }
    }

    private func integer(_ digits: String, radix: Int, at start: Int) throws(TemplateError) -> Int {
        guard let value = Int(withoutUnderscores(digits), radix: radix) else {
            throw error("the number \(digits.excerpt()) does not fit in 64 bits", at: start)
        }
        return value
    }

    private func withoutUnderscores(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0 != "_" })
    }

    // MARK: Strings

    private mutating func scanString(quote: Unicode.Scalar) throws(TemplateError) -> String {
        let start = index
        var value = String.UnicodeScalarView()
        index += 1
        while index < source.count {
            let scalar = source[index]
            index += 1
            if scalar == quote { return String(value) }
            if scalar == "\\" {
                guard index < source.count else { break }
                try scanEscape(into: &value)
            } else {
                value.append(scalar)
            }
        }
        throw unexpected(at: start)
    }

    /// Python's escapes; an unknown one stays as it is.
    private mutating func scanEscape(into value: inout String.UnicodeScalarView) throws(TemplateError) {
        let letter = source[index]
        let start = index - 1
        index += 1
        switch letter {
        case "\n": break
        case "\\", "'", "\"": value.append(letter)
        case "a": value.append("\u{07}")
        case "b": value.append("\u{08}")
        case "f": value.append("\u{0C}")
        case "n": value.append("\n")
        case "r": value.append("\r")
        case "t": value.append("\t")
        case "v": value.append("\u{0B}")
        case "x": value.append(try scanHexadecimal(digits: 2, at: start))
        case "u": value.append(try scanHexadecimal(digits: 4, at: start))
        case "U": value.append(try scanHexadecimal(digits: 8, at: start))
        case "0"..."7":
            var code = letter.value - 0x30
            while index < source.count, index < start + 4, ("0"..."7").contains(source[index]) {
                code = code * 8 + source[index].value - 0x30
                index += 1
            }
            value.append(Unicode.Scalar(code) ?? "\u{FFFD}")
        default:
            value.append("\\")
            value.append(letter)
        }
    }

    private mutating func scanHexadecimal(digits: Int, at start: Int) throws(TemplateError) -> Unicode.Scalar {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard index < source.count, source[index].isASCII,
                let digit = Character(source[index]).hexDigitValue, code < 1 << 28
            else { throw error("truncated escape in string", at: start) }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        guard code <= 0x10FFFF else { throw error("illegal Unicode character in string", at: start) }
        return Unicode.Scalar(code) ?? "\u{FFFD}"
    }
}

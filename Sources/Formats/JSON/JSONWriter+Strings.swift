extension JSONWriter {
    /// Appends the string in quotes, escaped as the style asks.
    func appendString(_ string: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            if style.escapesNonASCII {
                appendASCII(utf8, to: &output)
            } else {
                appendUTF8(utf8, to: &output)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private func appendUTF8(_ utf8: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var runStart = 0
        var index = 0
        while index < utf8.count {
            let byte = utf8[index]
            let length = byte == 0xE2 ? lineSeparatorLength(utf8, at: index) : needsEscape(byte) ? 1 : 0
            guard length > 0 else {
                index += 1
                continue
            }
            output += utf8[runStart..<index]
            if length == 3 {
                appendEscaped(codeUnit: 0x2028 | UInt16(utf8[index + 2] & 1), to: &output)
            } else {
                appendEscaped(byte, to: &output)
            }
            index += length
            runStart = index
        }
        output += utf8[runStart...]
    }

    /// 3 where U+2028 or U+2029 lies at the index and has to be escaped, else 0.
    private func lineSeparatorLength(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        guard style.escapesHTML, index + 2 < utf8.count, utf8[index + 1] == 0x80, utf8[index + 2] & 0xFE == 0xA8
        else { return 0 }
        return 3
    }

    private func appendASCII(_ utf8: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
            if scalar.isASCII, scalar.value != 0x7F {
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                if needsEscape(byte) { appendEscaped(byte, to: &output) } else { output.append(byte) }
            } else {
                for unit in String(scalar).utf16 { appendEscaped(codeUnit: unit, to: &output) }
            }
        }
    }

    private func needsEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): style.escapesHTML
        default: false
        }
    }

    private func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output += "\\\"".utf8
        case UInt8(ascii: "\\"): output += "\\\\".utf8
        case 0x08: output += "\\b".utf8
        case 0x09: output += "\\t".utf8
        case 0x0A: output += "\\n".utf8
        case 0x0C: output += "\\f".utf8
        case 0x0D: output += "\\r".utf8
        default: appendEscaped(codeUnit: UInt16(byte), to: &output)
        }
    }

    private func appendEscaped(codeUnit: UInt16, to output: inout [UInt8]) {
        output += "\\u".utf8
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: codeUnit >> UInt16(shift) & 0xF)
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

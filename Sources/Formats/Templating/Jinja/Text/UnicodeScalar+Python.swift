extension Unicode.Scalar {
    /// What Python's `str.isspace` and `\s` hold to be white space.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension Unicode.Scalar {
    /// Whether Python's `repr` leaves the character as it is.
    var isPythonPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    /// `\xe9`, `\u2028` or `\U0001f600`.
    var pythonEscape: String {
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(value, radix: 16)
        return "\\" + letter + String.repeated("0", width - digits.utf8.count) + digits
    }
}

extension String {
    /// With everything beyond ASCII escaped.
    var pythonASCII: String {
        unicodeScalars.reduce(into: "") { $0 += $1.isASCII ? String($1) : $1.pythonEscape }
    }
}

extension Unicode.Scalar {
    /// Terminal columns: 0 for combining marks and joiners, 2 for East Asian wide characters and emoji, else 1.
    var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension Character {
    package var displayWidth: Int { min(2, unicodeScalars.map(\.displayWidth).max() ?? 0) }
}

extension StringProtocol {
    package var displayWidth: Int { isPlain ? utf8.count : reduce(0) { $0 + $1.displayWidth } }

    /// Nothing but letters, digits and marks of ASCII: most text is.
    var isPlain: Bool { utf8.allSatisfy { 0x20...0x7E ~= $0 } }

    /// As much of the text as fits into so many columns.
    package func prefix(columns: Int) -> SubSequence {
        var width = 0
        return prefix { character in
            width += character.displayWidth
            return width <= columns
        }
    }
}

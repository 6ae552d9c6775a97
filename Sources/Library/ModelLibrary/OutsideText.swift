/// Text that others wrote (a registry, an archive, a program), made fit for an error or a line of progress.
package enum OutsideText {
    /// One line without characters that move a cursor or hide others; what is beyond `limit` bytes is left out.
    package static func line(_ text: some StringProtocol, limit: Int = 600) -> String {
        var line = String.UnicodeScalarView()
        var size = 0
        var endsBlank = true
        for scalar in text.unicodeScalars {
            let isBlank = scalar.properties.isWhitespace
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: guard isBlank else { continue }
            case .format: continue
            default: break
            }
            if isBlank, endsBlank { continue }
            let scalar = isBlank ? " " : scalar
            size += UTF8.width(scalar)
            guard size <= limit else {
                line.append("…")
                break
            }
            line.append(scalar)
            endsBlank = isBlank
        }
        if line.last == " " { line.removeLast() }
        return String(line)
    }
}

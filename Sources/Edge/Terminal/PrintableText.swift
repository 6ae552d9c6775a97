/// Text of others (names, errors, answers, statuses) as a terminal may show it. Whatever steers a terminal, or hides what is
/// written, does not pass: the place of each such character is marked by U+FFFD.
extension StringProtocol {
    /// Many lines: line feeds and tabs stay, and what writing systems need, such as joiners and marks of direction.
    package var printable: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return String(self) }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\n", "\t": result.append(scalar)
            // Half of a line end; alone it would write over its line.
            case "\r": continue
            case _ where scalar.properties.generalCategory == .control: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// One line of at most `limit` Unicode scalars: ends of lines are spaces, and nothing is invisible or changes direction.
    package func printableLine(limit: Int = 1000) -> String {
        if isPlain, utf8.count <= limit { return String(self) }
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            count += 1
            guard count <= limit else {
                result.append("…")
                break
            }
            result.append(scalar.inLine)
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    fileprivate var inLine: Unicode.Scalar {
        switch self {
        case "\n", "\r", "\t": return " "
        // Without these some scripts and emoji fall apart.
        case "\u{200C}", "\u{200D}": return self
        default: break
        }
        switch properties.generalCategory {
        case .control, .format: return "\u{FFFD}"
        case .lineSeparator, .paragraphSeparator: return " "
        default: return self
        }
    }
}

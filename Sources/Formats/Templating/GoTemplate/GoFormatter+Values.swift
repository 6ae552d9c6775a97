extension GoFormatter {
    /// Writes a value by a verb and the current directive.
    mutating func append(_ value: GoValue, _ verb: Unicode.Scalar) {
        if verb == "T" { return append(string: .literal(value.typeName), "s") }
        if !directive.sharpV, "vsxXq".unicodeScalars.contains(verb), let text = value.stringerText {
            return append(string: text, verb)
        }
        switch value.underlying {
        case .null: appendNil(verb)
        case .bool(let flag):
            guard verb == "v" || verb == "t" else { return appendBadVerb(value, verb) }
            pad(literal: String(flag))
        case .int(let integer): append(integer: integer, verb)
        case .float(let number): append(float: number, verb)
        case .string(let string): append(string: string, verb)
        case .slice(let elements): append(elements, of: value, verb)
        case .map(let entries): append(entries.inKeyOrder, of: value, verb)
        case .structure(let structure): append(structure, verb)
        case .printing: break
        }
    }

    private mutating func appendNil(_ verb: Unicode.Scalar) {
        guard verb == "v" else { return write(literal: "%!\(verb)(<nil>)") }
        pad("<nil>")
    }

    mutating func appendBadVerb(_ value: GoValue, _ verb: Unicode.Scalar) {
        write(literal: "%!\(verb)(\(value.typeName)=")
        append(value, "v")
        write(")")
    }

    // MARK: Composites

    private mutating func append(_ elements: [GoValue], of value: GoValue, _ verb: Unicode.Scalar) {
        write(literal: directive.sharpV ? "\(value.typeName){" : "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { write(separator) }
            append(element: element, verb)
        }
        write(directive.sharpV ? "}" : "]")
    }

    private mutating func append(
        _ entries: [(key: String, value: GoValue)], of value: GoValue, _ verb: Unicode.Scalar
    ) {
        write(literal: directive.sharpV ? "\(value.typeName){" : "map[")
        for (index, entry) in entries.enumerated() {
            if index > 0 { write(separator) }
            append(.content(entry.key), verb)
            write(":")
            append(element: entry.value, verb)
        }
        write(directive.sharpV ? "}" : "]")
    }

    private mutating func append(_ structure: GoStruct, _ verb: Unicode.Scalar) {
        write(literal: directive.sharpV ? "\(structure.typeName){" : "{")
        for (index, field) in structure.fields.enumerated() {
            if index > 0 { write(separator) }
            if directive.sharpV || directive.plusV { write(literal: "\(field.name):") }
            append(element: field.value, verb)
        }
        write("}")
    }

    /// Within a list nil looks the same for every verb.
    private mutating func append(element: GoValue, _ verb: Unicode.Scalar) {
        guard element == .null else { return append(element, verb) }
        write(directive.sharpV ? "interface {}(nil)" : "<nil>")
    }

    private var separator: MarkedText { directive.sharpV ? ", " : " " }

    // MARK: Strings

    private mutating func append(string: MarkedText, _ verb: Unicode.Scalar) {
        switch verb {
        case "v" where directive.sharpV: pad(string.remade(as: GoQuoting.quote(string.text)))
        case "v", "s": pad(truncated(string))
        case "q": pad(quoted(truncated(string)))
        case "x", "X": append(hexOf: string, uppercase: verb == "X")
        default: appendBadVerb(.string(string), verb)
        }
    }

    private func quoted(_ text: MarkedText) -> MarkedText {
        let canBeRaw =
            directive.sharp
            && text.unicodeScalars.allSatisfy {
                $0 == "\t" || ($0.value >= 0x20 && $0 != "`" && $0 != "\u{7F}" && $0 != "\u{FEFF}")
            }
        return canBeRaw
            ? "`" + text + "`" : text.remade(as: GoQuoting.quote(text.text, asciiOnly: directive.plus))
    }

    /// The precision counts code points.
    private func truncated(_ string: MarkedText) -> MarkedText {
        guard let precision = directive.precision else { return string }
        return string.prefix(codePoints: precision)
    }

    private mutating func append(hexOf string: MarkedText, uppercase: Bool) {
        let prefix = directive.sharp ? (uppercase ? "0X" : "0x") : ""
        var digits = ""
        for byte in string.utf8.prefix(directive.precision ?? .max) {
            guard digits.utf8.count <= limit else { break }
            if digits.isEmpty || directive.space {
                if !digits.isEmpty { digits += " " }
                digits += prefix
            }
            if byte < 16 { digits += "0" }
            digits += String(byte, radix: 16, uppercase: uppercase)
        }
        pad(literal: digits)
    }
}

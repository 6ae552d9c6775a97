extension GoFormatter {
    /// Writes a value by a verb and the current directive.
    mutating func append(_ value: GoValue, _ verb: Unicode.Scalar) {
        if verb == "T" { return append(string: value.typeName, "s") }
        if !directive.sharpV, "vsxXq".unicodeScalars.contains(verb), let text = value.stringerText {
            return append(string: text, verb)
        }
        switch value.underlying {
        case .null: appendNil(verb)
        case .bool(let flag):
            guard verb == "v" || verb == "t" else { return appendBadVerb(value, verb) }
            pad(String(flag))
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
        guard verb == "v" else { return write("%!\(verb)(<nil>)") }
        pad("<nil>")
    }

    mutating func appendBadVerb(_ value: GoValue, _ verb: Unicode.Scalar) {
        write("%!\(verb)(\(value.typeName)=")
        append(value, "v")
        write(")")
    }

    // MARK: Composites

    private mutating func append(_ elements: [GoValue], of value: GoValue, _ verb: Unicode.Scalar) {
        write(directive.sharpV ? "\(value.typeName){" : "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { write(separator) }
            append(element: element, verb)
        }
        write(directive.sharpV ? "}" : "]")
    }

    private mutating func append(
        _ entries: [(key: String, value: GoValue)], of value: GoValue, _ verb: Unicode.Scalar
    ) {
        write(directive.sharpV ? "\(value.typeName){" : "map[")
        for (index, entry) in entries.enumerated() {
            if index > 0 { write(separator) }
            append(.string(entry.key), verb)
            write(":")
            append(element: entry.value, verb)
        }
        write(directive.sharpV ? "}" : "]")
    }

    private mutating func append(_ structure: GoStruct, _ verb: Unicode.Scalar) {
        write(directive.sharpV ? "\(structure.typeName){" : "{")
        for (index, field) in structure.fields.enumerated() {
            if index > 0 { write(separator) }
            if directive.sharpV || directive.plusV { write("\(field.name):") }
            append(element: field.value, verb)
        }
        write("}")
    }

    /// Within a list nil looks the same for every verb.
    private mutating func append(element: GoValue, _ verb: Unicode.Scalar) {
        guard element == .null else { return append(element, verb) }
        write(directive.sharpV ? "interface {}(nil)" : "<nil>")
    }

    private var separator: String { directive.sharpV ? ", " : " " }

    // MARK: Strings

    private mutating func append(string: String, _ verb: Unicode.Scalar) {
        switch verb {
        case "v" where directive.sharpV: pad(GoQuoting.quote(string))
        case "v", "s": pad(truncated(string))
        case "q":
            let text = truncated(string)
            let canBeRaw = text.unicodeScalars.allSatisfy {
                $0 == "\t" || ($0.value >= 0x20 && $0 != "`" && $0 != "\u{7F}" && $0 != "\u{FEFF}")
            }
            pad(directive.sharp && canBeRaw ? "`\(text)`" : GoQuoting.quote(text, asciiOnly: directive.plus))
        case "x", "X": append(hexOf: string, uppercase: verb == "X")
        default: appendBadVerb(.string(string), verb)
        }
    }

    /// The precision counts code points.
    private func truncated(_ string: String) -> String {
        guard let precision = directive.precision else { return string }
        return string.prefixOfScalars(precision)
    }

    private mutating func append(hexOf string: String, uppercase: Bool) {
        let bytes = Array(string.utf8.prefix(directive.precision ?? .max))
        let prefix = directive.sharp ? (uppercase ? "0X" : "0x") : ""
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16, uppercase: uppercase)
            return text.utf8.count == 1 ? "0\(text)" : text
        }
        guard !digits.isEmpty else { return pad("") }
        pad(directive.space ? digits.map { prefix + $0 }.joined(separator: " ") : prefix + digits.joined())
    }
}

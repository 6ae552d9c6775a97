import OrderedCollections

/// Writes JSON text in one of the styles that other programs write.
package struct JSONWriter: Sendable {
    /// Whose spelling a number that is not an integer has.
    package enum NumberStyle: Sendable {
        /// `1`, `1.5`, `1e+21`, `1e-7`.
        case go
        /// `1.0`, `1.5`, `1e+16`, `1e-05`; `NaN` and `Infinity` are written as such.
        case python
    }

    package struct Style: Sendable {
        package var itemSeparator: String
        package var keySeparator: String
        /// What one level is indented by; nil keeps everything on one line.
        package var indent: String?
        package var numbers: NumberStyle
        /// `<`, `>`, `&`, U+2028 and U+2029 are written as `\u…`.
        package var escapesHTML: Bool
        /// Everything beyond ASCII is written as `\u…`.
        package var escapesNonASCII: Bool
        /// Keys in the order of their code points rather than of the object.
        package var sortsKeys: Bool

        package init(
            itemSeparator: String = ",", keySeparator: String = ":", indent: String? = nil,
            numbers: NumberStyle = .go, escapesHTML: Bool = false, escapesNonASCII: Bool = false,
            sortsKeys: Bool = false
        ) {
            self.itemSeparator = itemSeparator
            self.keySeparator = keySeparator
            self.indent = indent
            self.numbers = numbers
            self.escapesHTML = escapesHTML
            self.escapesNonASCII = escapesNonASCII
            self.sortsKeys = sortsKeys
        }

        /// No white space, nothing escaped but what must be.
        package static let compact = Style()
        /// As Go's `json.Marshal`.
        package static let go = Style(escapesHTML: true)
        /// Compact, on lines of their own, four spaces a level unless told otherwise.
        package static func pretty(indent: String = "    ") -> Style {
            Style(keySeparator: ": ", indent: indent)
        }
        /// As Python's `json.dumps`.
        package static func python(
            ensureASCII: Bool = true, indent: String? = nil, sortsKeys: Bool = false
        ) -> Style {
            Style(
                itemSeparator: indent == nil ? ", " : ",", keySeparator: ": ", indent: indent, numbers: .python,
                escapesNonASCII: ensureASCII, sortsKeys: sortsKeys)
        }
    }

    package let style: Style

    package init(_ style: Style = .compact) {
        self.style = style
    }

    package func text(of value: JSONValue) -> String {
        String(decoding: bytes(of: value), as: UTF8.self)
    }

    package func bytes(of value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    package func append(_ value: JSONValue, to output: inout [UInt8]) {
        append(value, to: &output, level: 0)
    }

    private func append(_ value: JSONValue, to output: inout [UInt8], level: Int) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .integer(let integer): output += String(integer).utf8
        case .number(let number): output += text(of: number).utf8
        case .string(let string): appendString(string, to: &output)
        case .array(let elements):
            appendContainer("[", "]", elements, to: &output, level: level) { element, output in
                append(element, to: &output, level: level + 1)
            }
        case .object(let members):
            let ordered = style.sortsKeys ? Self.sorted(members) : Array(members.elements)
            appendContainer("{", "}", ordered, to: &output, level: level) { member, output in
                appendString(member.key, to: &output)
                output += style.keySeparator.utf8
                append(member.value, to: &output, level: level + 1)
            }
        }
    }

    private func appendContainer<Element>(
        _ opening: Character, _ closing: Character, _ elements: [Element], to output: inout [UInt8], level: Int,
        _ appendElement: (Element, inout [UInt8]) -> Void
    ) {
        output += opening.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { output += style.itemSeparator.utf8 }
            appendLineBreak(to: &output, level: level + 1)
            appendElement(element, &output)
        }
        if !elements.isEmpty { appendLineBreak(to: &output, level: level) }
        output += closing.utf8
    }

    private func appendLineBreak(to output: inout [UInt8], level: Int) {
        guard let indent = style.indent else { return }
        output.append(0x0A)
        for _ in 0..<level { output += indent.utf8 }
    }

    private func text(of number: Double) -> String {
        switch style.numbers {
        case .go: NumberText.go(number) ?? "null"
        case .python: NumberText.pythonJSON(number)
        }
    }

    private static func sorted(_ members: JSONObject) -> [JSONObject.Element] {
        members.elements.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

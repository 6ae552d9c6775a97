import JSON

extension JinjaFilters {
    /// Transformers' `tojson`: `json.dumps` without HTML escapes, and without `\u` unless asked.
    static func toJSON(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var style = JSONWriter.Style.python(
            ensureASCII: arguments.flag(0), indent: try indent(arguments), sortsKeys: arguments.flag(3))
        if arguments.given(2) != nil {
            let separators = try renderer.elements(of: arguments.required(2))
            guard separators.count == 2 else {
                throw TemplateError(.evaluation, "tojson: separators are a pair of strings")
            }
            style.itemSeparator = try renderer.printed(separators[0]).text
            style.keySeparator = try renderer.printed(separators[1]).text
        }
        try charge(writing: value, style, renderer)
        return .string(MarkedText(JSONWriter(style).text(of: try value.json()), isContent: value.size.holdsContent))
    }

    /// Pays for the value as JSON, in which an escape may take six bytes for one.
    private static func charge(
        writing value: JinjaValue, _ style: JSONWriter.Style, _ renderer: JinjaRenderer
    ) throws(TemplateError) {
        try renderer.charge(walking: value)
        try renderer.charge(elements: value.size.weight)
        let perValue =
            8 + (style.indent?.utf8.count ?? 0) * value.size.depth + style.itemSeparator.utf8.count
            + style.keySeparator.utf8.count
        let (layout, isTooMuch) = value.size.weight.multipliedReportingOverflow(by: perValue)
        let (texts, isTooLong) = value.size.bytes.multipliedReportingOverflow(by: 6)
        try renderer.charge(bytes: isTooMuch ? .max : layout)
        try renderer.charge(bytes: isTooLong ? .max : texts)
    }

    /// A number of spaces or a string; nil for none.
    private static func indent(_ arguments: JinjaBoundArguments) throws(TemplateError) -> String? {
        guard let indent = arguments.given(1) else { return nil }
        if let text = indent.text { return text.prefix(codePoints: maximumIndent) }
        let width = try arguments.integer(1, default: 0)
        guard width <= maximumIndent else { throw TemplateError(.limit, "tojson: indent is too large") }
        return String.repeated(" ", max(0, width))
    }

    private static let maximumIndent = 64
}

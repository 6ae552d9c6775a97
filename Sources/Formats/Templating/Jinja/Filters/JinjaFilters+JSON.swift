import JSON

extension JinjaFilters {
    /// Transformers' `tojson`: `json.dumps` without HTML escapes, and without `\u` unless asked.
    static func toJSON(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var style = JSONWriter.Style.python(
            ensureASCII: arguments.flag(0), indent: try indent(arguments), sortsKeys: arguments.flag(3))
        if arguments.given(2) != nil {
            let separators = try renderer.elements(of: arguments.required(2)).map(\.printed)
            guard separators.count == 2 else {
                throw TemplateError(.evaluation, "tojson: separators are a pair of strings")
            }
            (style.itemSeparator, style.keySeparator) = (separators[0], separators[1])
        }
        try renderer.charge(walking: value)
        let indentation = (style.indent?.utf8.count ?? 0) + style.itemSeparator.utf8.count
        let (bytes, overflow) = value.size.weight.multipliedReportingOverflow(
            by: 8 + indentation * value.size.depth)
        try renderer.charge(steps: overflow ? .max : bytes / 64)
        return .string(JSONWriter(style).text(of: try value.json()))
    }

    /// A number of spaces or a string; nil for none.
    private static func indent(_ arguments: JinjaBoundArguments) throws(TemplateError) -> String? {
        guard let indent = arguments.given(1) else { return nil }
        if let text = indent.text { return String(text.prefix(maximumIndent)) }
        let width = try arguments.integer(1, default: 0)
        guard width <= maximumIndent else { throw TemplateError(.limit, "tojson: indent is too large") }
        return String(repeating: " ", count: max(0, width))
    }

    private static let maximumIndent = 64
}

import OrderedCollections

extension JinjaFilters {
    /// Filters for strings. Other values are printed first.
    static let text: [String: JinjaFilter] = [
        "upper": mapping { $0.uppercased() },
        "lower": mapping { $0.lowercased() },
        "capitalize": mapping(\.pythonCapitalized),
        "title": mapping(titled),
        "trim": JinjaFilter("chars?") { (value, arguments, renderer) throws(TemplateError) in
            let characters = arguments.given(0) == nil ? nil : try arguments.text(0)
            return value.likewise(try printed(value, renderer).stripped(characters))
        },
        "string": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            value.text == nil ? .string(try printed(value, renderer)) : value
        },
        "replace": JinjaFilter("old", "new", "count?") { (value, arguments, renderer) throws(TemplateError) in
            let limit = arguments.given(2) == nil ? -1 : try arguments.integer(2, default: -1)
            let old = try printed(arguments.required(0), renderer)
            let new = try printed(arguments.required(1), renderer)
            let text = try printed(value, renderer)
            return .string(try text.replacing(old, with: new, limit: limit, charge: renderer.charge(bytes:)))
        },
        "center": JinjaFilter("width?") { (value, arguments, renderer) throws(TemplateError) in
            let center = JinjaStringMethods.layoutMethods["center"]
            let width = arguments[0] ?? .integer(80)
            let text = value.likewise(try printed(value, renderer))
            guard let center else { return text }
            return try center.call(
                text, try center.signature.bind(JinjaCallArguments(positional: [width]), to: "center"), renderer)
        },
        "indent": JinjaFilter("width?", "first?", "blank?", apply: indent),
        "truncate": JinjaFilter("length?", "killwords?", "end?", "leeway?", apply: truncate),
        "wordcount": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let words = try printed(value, renderer).unicodeScalars.split {
                !($0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil)
            }
            return .integer(words.count)
        },
        "format": JinjaFilter("*") { (value, arguments, renderer) throws(TemplateError) in
            let rest = arguments.rest
            guard rest.positional.isEmpty || rest.keywords.isEmpty else {
                throw TemplateError(
                    .evaluation, "can't handle positional and keyword arguments at the same time")
            }
            let values: JinjaValue =
                rest.keywords.isEmpty
                ? .tuple(rest.positional) : .dictionary(JinjaDictionary(keywords: rest.keywords))
            return value.likewise(try PercentFormat.format(try printed(value, renderer), values, renderer))
        },
        "join": JinjaFilter("d?", "attribute?", apply: join),
    ]

    // MARK: Makers

    /// What the value prints as, once that is paid for.
    static func printed(_ value: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) -> String {
        try renderer.charge(walking: value)
        return value.printed
    }

    private static func mapping(_ transform: @escaping @Sendable (String) -> String) -> JinjaFilter {
        JinjaFilter { (value, _, renderer) throws(TemplateError) in
            value.likewise(transform(try printed(value, renderer)))
        }
    }

    /// Every word with a capital, where words begin after space, hyphens and opening brackets.
    private static func titled(_ text: String) -> String {
        var result = ""
        var startsWord = true
        for scalar in text.unicodeScalars {
            if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
                startsWord = true
                result.unicodeScalars.append(scalar)
            } else {
                result += startsWord ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
                startsWord = false
            }
        }
        return result
    }

    // MARK: Filters

    private static func indent(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let text = value.text else {
            throw TemplateError(
                .evaluation, "unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
        }
        let indentsBlank = arguments.flag(2)
        let lines = (text + "\n").pythonLines()
        let indentation: String
        if let given = arguments[0]?.text {
            indentation = given
        } else {
            let width = max(0, try arguments.integer(0, default: 4))
            try renderer.charge(bytes: width)
            indentation = String(repeating: " ", count: width)
        }
        let (added, overflow) = lines.count.multipliedReportingOverflow(by: indentation.utf8.count)
        try renderer.charge(bytes: overflow ? .max : added)
        var result = ""
        for (index, line) in lines.enumerated() {
            if index > 0 { result += "\n" }
            if index == 0 ? arguments.flag(1) : indentsBlank || !line.isEmpty { result += indentation }
            result += line
        }
        return value.likewise(result)
    }

    private static func truncate(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let length = try arguments.integer(0, default: 255)
        let end = arguments[2] == nil ? "..." : try arguments.text(2)
        let leeway = arguments.given(3) == nil ? 5 : try arguments.integer(3, default: 5)
        let endLength = end.codePointCount
        guard length >= endLength else {
            throw TemplateError(.evaluation, "expected length >= \(endLength), got \(length)")
        }
        guard leeway >= 0 else { throw TemplateError(.evaluation, "expected leeway >= 0, got \(leeway)") }
        let (longest, overflow) = length.addingReportingOverflow(leeway)
        guard !overflow, try count(of: value, renderer) > longest else { return value }
        guard let text = value.text else {
            throw TemplateError(.evaluation, "'\(value.typeName)' object has no attribute 'rsplit'")
        }
        let scalars = text.unicodeScalars
        let start = String(scalars: scalars.prefix(length - endLength))
        if arguments.flag(1) { return value.likewise(start + end) }
        return value.likewise(start.split(at: " ", limit: 1, fromEnd: true)[0] + end)
    }

    private static func join(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var elements = try renderer.elements(of: value)
        if let attribute = arguments.given(1) {
            elements = try JinjaAttributePath(attribute).values(in: elements, renderer)
        }
        let separator = try arguments[0].map { (value) throws(TemplateError) in try printed(value, renderer) } ?? ""
        var text = ""
        for (index, element) in elements.enumerated() {
            let part = try printed(element, renderer)
            try renderer.charge(bytes: part.utf8.count + separator.utf8.count)
            if index > 0 { text += separator }
            text += part
        }
        return .string(text)
    }
}

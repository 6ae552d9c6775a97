import OrderedCollections

extension JinjaFilters {
    /// Filters for strings. Other values are printed first.
    static let text: [String: JinjaFilter] = [
        "upper": changing { $0.mapping { $0.uppercased() } },
        "lower": changing { $0.mapping { $0.lowercased() } },
        "capitalize": changing { $0.remade(as: $0.text.pythonCapitalized) },
        "title": changing { $0.remade(as: titled($0.text)) },
        "trim": JinjaFilter("chars?") { (value, arguments, renderer) throws(TemplateError) in
            let characters = arguments.given(0) == nil ? nil : try arguments.text(0)
            let text = try renderer.printed(value)
            return value.likewise(try JinjaStringMethods.stripped(text, characters, renderer))
        },
        "string": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            value.text == nil ? .string(try renderer.printed(value)) : value
        },
        "replace": JinjaFilter("old", "new", "count?") { (value, arguments, renderer) throws(TemplateError) in
            let limit = arguments.given(2) == nil ? -1 : try arguments.integer(2, default: -1)
            let old = try renderer.printed(arguments.required(0))
            let new = try renderer.printed(arguments.required(1))
            let text = try renderer.printed(value)
            return .string(try text.replacing(old.text, with: new, limit: limit, renderer))
        },
        "center": JinjaFilter("width?") { (value, arguments, renderer) throws(TemplateError) in
            let center = JinjaStringMethods.layoutMethods["center"]
            let width = arguments[0] ?? .integer(80)
            let text = value.likewise(try renderer.printed(value))
            guard let center else { return text }
            return try center.call(
                text, try center.signature.bind(JinjaCallArguments(positional: [width]), to: "center"), renderer)
        },
        "indent": JinjaFilter("width?", "first?", "blank?", apply: indent),
        "truncate": JinjaFilter("length?", "killwords?", "end?", "leeway?", apply: truncate),
        "wordcount": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let text = try renderer.printed(value)
            try renderer.charge(steps: text.utf8.count)
            return .integer(wordCount(of: text.text))
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
            return value.likewise(try PercentFormat.format(try renderer.printed(value), values, renderer))
        },
        "join": JinjaFilter("d?", "attribute?", apply: join),
    ]

    // MARK: Makers

    /// A filter that looks at the letters of a text one by one.
    private static func changing(_ change: @escaping @Sendable (MarkedText) -> MarkedText) -> JinjaFilter {
        JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let text = try renderer.printed(value)
            try renderer.chargeLetters(of: text)
            return value.likewise(change(text))
        }
    }

    private static func wordCount(of text: String) -> Int {
        var count = 0
        var isInWord = false
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            let isLetter = scalar == "_" || properties.isAlphabetic || properties.numericType != nil
            if isLetter, !isInWord { count += 1 }
            isInWord = isLetter
        }
        return count
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
        guard let text = value.marked else {
            throw TemplateError(
                .evaluation, "unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
        }
        let indentsBlank = arguments.flag(2)
        let lines = try (text + "\n").pythonLines(renderer)
        let indentation: MarkedText
        if let given = arguments[0]?.marked {
            indentation = given
        } else {
            let width = max(0, try arguments.integer(0, default: 4))
            try renderer.charge(bytes: width)
            indentation = .literal(String.repeated(" ", width))
        }
        let (added, overflow) = lines.count.multipliedReportingOverflow(by: indentation.byteCount)
        try renderer.charge(bytes: overflow ? .max : added)
        var result: MarkedText = ""
        for (index, line) in lines.enumerated() {
            if index > 0 { result.append("\n") }
            if index == 0 ? arguments.flag(1) : indentsBlank || !line.isEmpty { result.append(indentation) }
            result.append(line)
        }
        return value.likewise(result)
    }

    private static func truncate(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let length = try arguments.integer(0, default: 255)
        let end = arguments[2] == nil ? "..." : try arguments.marked(2)
        try renderer.charge(steps: end.utf8.count / 32)
        let leeway = arguments.given(3) == nil ? 5 : try arguments.integer(3, default: 5)
        let endLength = end.codePointCount
        guard length >= endLength else {
            throw TemplateError(.evaluation, "expected length >= \(endLength), got \(length)")
        }
        guard leeway >= 0 else { throw TemplateError(.evaluation, "expected leeway >= 0, got \(leeway)") }
        let (longest, overflow) = length.addingReportingOverflow(leeway)
        guard !overflow, try count(of: value, renderer) > longest else { return value }
        guard let text = value.marked else {
            throw TemplateError(.evaluation, "'\(value.typeName)' object has no attribute 'rsplit'")
        }
        try renderer.charge(remaking: text)
        let start = text.prefix(codePoints: length - endLength)
        if arguments.flag(1) { return value.likewise(start + end) }
        return value.likewise(try start.split(at: " ", limit: 1, fromEnd: true, renderer)[0] + end)
    }

    private static func join(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var elements = try renderer.elements(of: value)
        if let attribute = arguments.given(1) {
            elements = try JinjaAttributePath(attribute).values(in: elements, renderer)
        }
        let separator = try arguments[0].map(renderer.printed) ?? ""
        var text: MarkedText = ""
        for (index, element) in elements.enumerated() {
            let part = try renderer.printed(element)
            try renderer.charge(steps: 2)
            try renderer.charge(bytes: part.byteCount + separator.byteCount)
            if index > 0 { text.append(separator) }
            text.append(part)
        }
        return .string(text)
    }
}

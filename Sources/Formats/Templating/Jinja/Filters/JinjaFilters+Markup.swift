import OrderedCollections

extension JinjaFilters {
    /// Filters for HTML and URLs.
    static let markup: [String: JinjaFilter] = [
        "escape": escapeFilter,
        "e": escapeFilter,
        "forceescape": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .markup(try printed(value, renderer).htmlEscaped)
        },
        "safe": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .markup(try printed(value, renderer))
        },
        "striptags": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .string(withoutTags(try printed(value, renderer)))
        },
        "xmlattr": JinjaFilter("autospace?", apply: xmlAttributes),
        "urlencode": JinjaFilter(apply: urlEncode),
    ]

    private static let escapeFilter = JinjaFilter { (value, _, renderer) throws(TemplateError) in
        if case .markup = value { return value }
        return .markup(try printed(value, renderer).htmlEscaped)
    }

    // MARK: HTML

    private static func withoutTags(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "<", rest.starts(with: "<!--".unicodeScalars),
                let end = SubstringSearch("-->").firstOffset(in: String(rest))
            {
                rest = Substring(decoding: Substring(rest).utf8.dropFirst(end + 3), as: UTF8.self).unicodeScalars
            } else if scalar == "<", let end = rest.firstIndex(of: ">") {
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(scalar)
                rest.removeFirst()
            }
        }
        let words = String(result).splitAtSpace(limit: nil).joined(separator: " ")
        return unescaped(words)
    }

    private static func unescaped(_ text: String) -> String {
        let entities = [
            "&lt;": "<", "&gt;": ">", "&#34;": "\"", "&quot;": "\"", "&#39;": "'", "&nbsp;": "\u{A0}", "&amp;": "&",
        ]
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            let entity = entities.first { rest.hasPrefix($0.key) }
            result += entity?.value ?? "&"
            rest = rest.dropFirst(entity?.key.count ?? 1)
        }
        return result + rest
    }

    private static func xmlAttributes(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        guard case .dictionary(let dictionary) = value else {
            throw TemplateError(.evaluation, "'\(value.typeName)' object has no attribute 'items'")
        }
        var items: [String] = []
        for (key, value) in dictionary.entries {
            if value.isUndefined || value == .none { continue }
            let name = try printed(key, renderer)
            guard !name.unicodeScalars.contains(where: { $0 == "/" || $0 == ">" || $0 == "=" || $0.isPythonSpace })
            else { throw TemplateError(.evaluation, "Invalid character in attribute name: \(key.represented)") }
            items.append("\(name.htmlEscaped)=\"\(try printed(value, renderer).htmlEscaped)\"")
        }
        let text = items.joined(separator: " ")
        return .string((arguments[0]?.isTrue ?? true) && !text.isEmpty ? " " + text : text)
    }

    // MARK: URLs

    private static func urlEncode(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        guard value.text == nil, value.isIterable else {
            return .string(percentEncoded(try printed(value, renderer), inQuery: false))
        }
        var pairs = try renderer.elements(of: value)
        if case .dictionary(let dictionary) = value { pairs = dictionary.entries.pairs }
        var parts: [String] = []
        for pair in pairs {
            let sides = try renderer.elements(of: pair)
            guard sides.count == 2 else {
                throw TemplateError(
                    .evaluation, "not enough values to unpack (expected 2, got \(sides.count))")
            }
            let key = percentEncoded(try printed(sides[0], renderer), inQuery: true)
            parts.append(key + "=" + percentEncoded(try printed(sides[1], renderer), inQuery: true))
        }
        return .string(parts.joined(separator: "&"))
    }

    private static func percentEncoded(_ text: String, inQuery: Bool) -> String {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: "/") where !inQuery: result.append(byte)
            case UInt8(ascii: " ") where inQuery: result.append(UInt8(ascii: "+"))
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

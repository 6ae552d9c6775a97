import OrderedCollections

extension JinjaFilters {
    /// Filters for HTML and URLs.
    static let markup: [String: JinjaFilter] = [
        "escape": escapeFilter,
        "e": escapeFilter,
        "forceescape": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .markup(try renderer.escaped(try renderer.printed(value)))
        },
        "safe": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .markup(try renderer.printed(value))
        },
        "striptags": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let text = try renderer.printed(value)
            try renderer.charge(remaking: text, growth: 3, stepBytes: 1)
            return .string(text.remade(as: try withoutTags(text.text, renderer)))
        },
        "xmlattr": JinjaFilter("autospace?", apply: xmlAttributes),
        "urlencode": JinjaFilter(apply: urlEncode),
    ]

    private static let escapeFilter = JinjaFilter { (value, _, renderer) throws(TemplateError) in
        if case .markup = value { return value }
        return .markup(try renderer.escaped(try renderer.printed(value)))
    }

    // MARK: HTML

    private static func withoutTags(_ text: String, _ renderer: JinjaRenderer) throws(TemplateError) -> String {
        var kept: [UInt8] = []
        var rest = Array(text.utf8)[...]
        // What has no end has none further on either.
        var commentsEnd = true
        var tagsEnd = true
        while let byte = rest.first {
            var length: Int?
            if byte == UInt8(ascii: "<") {
                if commentsEnd, rest.starts(with: Array("<!--".utf8)) {
                    length = rest.offset(behind: Array("-->".utf8))
                    commentsEnd = length != nil
                }
                if length == nil, tagsEnd {
                    length = rest.offset(behind: Array(">".utf8))
                    tagsEnd = length != nil
                }
            }
            if length == nil { kept.append(byte) }
            rest = rest.dropFirst(length ?? 1)
        }
        let words = try MarkedText.literal(String(decoding: kept, as: UTF8.self)).splitAtSpace(limit: nil, renderer)
        return unescaped(words.map(\.text).joined(separator: " "))
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
        var text: MarkedText = ""
        for (key, value) in dictionary.entries {
            if value.isUndefined || value == .none { continue }
            let name = try renderer.printed(key)
            guard !name.unicodeScalars.contains(where: { $0 == "/" || $0 == ">" || $0 == "=" || $0.isPythonSpace })
            else {
                try renderer.charge(representing: key)
                throw TemplateError(.evaluation, "Invalid character in attribute name: \(key.represented)")
            }
            if !text.isEmpty || arguments[0]?.isTrue ?? true { text.append(" ") }
            text.append(try renderer.escaped(name))
            text.append("=\"")
            text.append(try renderer.escaped(try renderer.printed(value)))
            text.append("\"")
        }
        return .string(text)
    }

    // MARK: URLs

    private static func urlEncode(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        guard value.text == nil, value.isIterable else {
            return .string(try percentEncoded(value, inQuery: false, renderer))
        }
        let pairs: [JinjaValue]
        if case .dictionary(let dictionary) = value {
            pairs = try dictionary.pairs(renderer)
        } else {
            pairs = try renderer.elements(of: value)
        }
        var text: MarkedText = ""
        for pair in pairs {
            let sides = try renderer.elements(of: pair)
            guard sides.count == 2 else {
                throw TemplateError(
                    .evaluation, "not enough values to unpack (expected 2, got \(sides.count))")
            }
            if !text.isEmpty { text.append("&") }
            text.append(try percentEncoded(sides[0], inQuery: true, renderer))
            text.append("=")
            text.append(try percentEncoded(sides[1], inQuery: true, renderer))
        }
        return .string(text)
    }

    private static func percentEncoded(
        _ value: JinjaValue, inQuery: Bool, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        let text = try renderer.printed(value)
        try renderer.charge(remaking: text, growth: 6, stepBytes: 1)
        return text.mapping { percentEncoded($0, inQuery: inQuery) }
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

extension ArraySlice<UInt8> {
    /// How many bytes there are up to the end of the pattern's first occurrence.
    fileprivate func offset(behind pattern: [UInt8]) -> Int? {
        var index = startIndex
        while index + pattern.count <= endIndex {
            if self[index...].starts(with: pattern) { return index + pattern.count - startIndex }
            index += 1
        }
        return nil
    }
}

extension JinjaRenderer {
    /// The text with HTML's marks escaped, once that is paid for.
    func escaped(_ text: MarkedText) throws(TemplateError) -> MarkedText {
        try charge(remaking: text, growth: 5, stepBytes: 4)
        return text.mapping(\.htmlEscaped)
    }

    /// What a format string that is safe in HTML is filled with.
    func escaped(_ value: JinjaValue) throws(TemplateError) -> JinjaValue {
        switch value {
        case .string(let text): return .markup(try escaped(text))
        case .tuple(let sequence):
            try charge(elements: sequence.elements.count)
            var elements: [JinjaValue] = []
            for element in sequence.elements { elements.append(try escaped(element)) }
            return try charge(making: .tuple(elements))
        case .dictionary(let dictionary):
            var entries = dictionary.entries
            try charge(elements: entries.count * 3)
            for (key, value) in dictionary.entries { entries[key] = try escaped(value) }
            return try charge(making: .dictionary(JinjaDictionary(entries)))
        default: return value
        }
    }
}

/// The methods of `str`. Those that take more than a line are in the files beside this one.
enum JinjaStringMethods {
    static let all: [String: JinjaMethod] = {
        var methods: [String: JinjaMethod] = [:]
        for table in [caseMethods, trimMethods, splitMethods, searchMethods, layoutMethods, questions] {
            methods.merge(table) { first, _ in first }
        }
        return methods
    }()

    private static let caseMethods: [String: JinjaMethod] = [
        "upper": changing { $0.mapping { $0.uppercased() } },
        "lower": changing { $0.mapping { $0.lowercased() } },
        "casefold": changing { $0.mapping { $0.lowercased() } },
        "title": changing { $0.remade(as: $0.text.pythonTitle) },
        "capitalize": changing { $0.remade(as: $0.text.pythonCapitalized) },
        "swapcase": changing { $0.mapping(\.swappedCase) },
    ]

    private static let trimMethods: [String: JinjaMethod] = [
        "strip": trimming([.leading, .trailing]),
        "lstrip": trimming(.leading),
        "rstrip": trimming(.trailing),
        "removeprefix": JinjaMethod("prefix") { (receiver, arguments, renderer) throws(TemplateError) in
            let prefix = try arguments.text(0)
            let text = try charged(receiver, renderer)
            guard text.utf8.starts(with: prefix.utf8) else { return receiver }
            return receiver.likewise(text.slice(prefix.utf8.count..<text.utf8.count))
        },
        "removesuffix": JinjaMethod("suffix") { (receiver, arguments, renderer) throws(TemplateError) in
            let suffix = try arguments.text(0)
            let text = try charged(receiver, renderer)
            guard !suffix.isEmpty, text.text.hasUTF8Suffix(suffix) else { return receiver }
            return receiver.likewise(text.slice(0..<text.utf8.count - suffix.utf8.count))
        },
    ]

    private static let splitMethods: [String: JinjaMethod] = [
        "split": splitting(fromEnd: false),
        "rsplit": splitting(fromEnd: true),
        "splitlines": JinjaMethod("keepends?") { (receiver, arguments, renderer) throws(TemplateError) in
            let lines = try charged(receiver, renderer).pythonLines(keepsEnds: arguments.flag(0), renderer)
            return .list(lines.map { receiver.likewise($0) })
        },
        "partition": partitioning(fromEnd: false),
        "rpartition": partitioning(fromEnd: true),
        "join": JinjaMethod("iterable") { (receiver, arguments, renderer) throws(TemplateError) in
            try join(receiver, try renderer.elements(of: arguments.required(0)), renderer)
        },
        "replace": JinjaMethod("old", "new", "count?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let count = try arguments.integer(2, default: -1)
            let new = try arguments.marked(1)
            return receiver.likewise(
                try text.replacing(try arguments.text(0), with: new, limit: count, renderer))
        },
    ]

    // MARK: Makers

    /// The text of the receiver, once reading it and making one of its size is paid for.
    static func charged(_ receiver: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) -> MarkedText {
        let text = receiver.marked ?? ""
        try renderer.charge(remaking: text)
        return text
    }

    /// A method that looks at the letters of a text one by one.
    private static func changing(_ change: @escaping @Sendable (MarkedText) -> MarkedText) -> JinjaMethod {
        JinjaMethod { (receiver, _, renderer) throws(TemplateError) in
            let text = receiver.marked ?? ""
            try renderer.chargeLetters(of: text)
            return receiver.likewise(change(text))
        }
    }

    /// The text without the characters at its ends, once that is paid for.
    static func stripped(
        _ text: MarkedText, _ characters: String?, ends: MarkedText.Ends = [.leading, .trailing],
        _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        if let characters { try renderer.charge(remaking: .literal(characters), growth: 32, stepBytes: 1) }
        try renderer.charge(remaking: text)
        return text.stripped(characters, ends: ends)
    }

    private static func trimming(_ ends: MarkedText.Ends) -> JinjaMethod {
        JinjaMethod("chars?") { (receiver, arguments, renderer) throws(TemplateError) in
            let characters = arguments.given(0) == nil ? nil : try arguments.text(0)
            return receiver.likewise(try stripped(receiver.marked ?? "", characters, ends: ends, renderer))
        }
    }

    private static func splitting(fromEnd: Bool) -> JinjaMethod {
        JinjaMethod("sep?", "maxsplit?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let count = try arguments.integer(1, default: -1)
            let limit = count < 0 ? nil : count
            guard arguments.given(0) != nil else {
                let words = try text.splitAtSpace(limit: limit, fromEnd: fromEnd, renderer)
                return .list(words.map { receiver.likewise($0) })
            }
            let separator = try arguments.text(0)
            guard !separator.isEmpty else { throw TemplateError(.evaluation, "empty separator") }
            let parts = try text.split(at: separator, limit: limit, fromEnd: fromEnd, renderer)
            return .list(parts.map { receiver.likewise($0) })
        }
    }

    private static func partitioning(fromEnd: Bool) -> JinjaMethod {
        JinjaMethod("sep") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let separator = try arguments.marked(0)
            guard !separator.isEmpty else { throw TemplateError(.evaluation, "empty separator") }
            let parts = try text.split(at: separator.text, limit: 1, fromEnd: fromEnd, renderer)
            if parts.count == 2 { return .tuple([parts[0], separator, parts[1]].map { receiver.likewise($0) }) }
            return .tuple((fromEnd ? ["", "", text] : [text, "", ""]).map { receiver.likewise($0) })
        }
    }

    private static func join(
        _ separator: JinjaValue, _ elements: [JinjaValue], _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var text: MarkedText = ""
        for (index, element) in elements.enumerated() {
            guard let part = element.marked else {
                throw TemplateError(
                    .evaluation, "sequence item \(index): expected str instance, \(element.typeName) found")
            }
            let piece = index > 0 ? separator.marked ?? "" : ""
            try renderer.charge(steps: 2)
            try renderer.charge(bytes: piece.byteCount + part.byteCount)
            text.append(piece)
            if case (.markup, .string) = (separator, element) {
                text.append(try renderer.escaped(part))
            } else {
                text.append(part)
            }
        }
        return separator.likewise(text)
    }
}

extension String {
    func hasUTF8Suffix(_ suffix: String) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}

extension JinjaRenderer {
    /// Pays for looking up every letter of the text, and for a text of up to three times its size.
    func chargeLetters(of text: MarkedText) throws(TemplateError) {
        try charge(remaking: text, growth: 3, stepBytes: 1)
    }
}

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
        "upper": mapping { $0.uppercased() },
        "lower": mapping { $0.lowercased() },
        "casefold": mapping { $0.lowercased() },
        "title": mapping(\.pythonTitle),
        "capitalize": mapping(\.pythonCapitalized),
        "swapcase": mapping(\.swappedCase),
    ]

    private static let trimMethods: [String: JinjaMethod] = [
        "strip": trimming([.leading, .trailing]),
        "lstrip": trimming(.leading),
        "rstrip": trimming(.trailing),
        "removeprefix": JinjaMethod("prefix") { (receiver, arguments, _) throws(TemplateError) in
            let prefix = try arguments.text(0)
            let text = receiver.text ?? ""
            guard text.utf8.starts(with: prefix.utf8) else { return receiver }
            return receiver.likewise(String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
        },
        "removesuffix": JinjaMethod("suffix") { (receiver, arguments, _) throws(TemplateError) in
            let suffix = try arguments.text(0)
            let text = receiver.text ?? ""
            guard !suffix.isEmpty, text.hasUTF8Suffix(suffix) else { return receiver }
            return receiver.likewise(String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
        },
    ]

    private static let splitMethods: [String: JinjaMethod] = [
        "split": splitting(fromEnd: false),
        "rsplit": splitting(fromEnd: true),
        "splitlines": JinjaMethod("keepends?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            return .list(text.pythonLines(keepsEnds: arguments.flag(0)).map { receiver.likewise($0) })
        },
        "partition": partitioning(fromEnd: false),
        "rpartition": partitioning(fromEnd: true),
        "join": JinjaMethod("iterable") { (receiver, arguments, renderer) throws(TemplateError) in
            try join(receiver, try renderer.elements(of: arguments.required(0)), renderer)
        },
        "replace": JinjaMethod("old", "new", "count?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let count = try arguments.integer(2, default: -1)
            let new = try arguments.text(1)
            return receiver.likewise(
                try text.replacing(try arguments.text(0), with: new, limit: count, charge: renderer.charge(bytes:)))
        },
    ]

    // MARK: Makers

    /// The text of the receiver, once a walk over it is paid for.
    static func charged(_ receiver: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) -> String {
        let text = receiver.text ?? ""
        try renderer.charge(steps: text.utf8.count / 16)
        return text
    }

    private static func mapping(_ transform: @escaping @Sendable (String) -> String) -> JinjaMethod {
        JinjaMethod { (receiver, _, renderer) throws(TemplateError) in
            receiver.likewise(transform(try charged(receiver, renderer)))
        }
    }

    private static func trimming(_ ends: String.Ends) -> JinjaMethod {
        JinjaMethod("chars?") { (receiver, arguments, renderer) throws(TemplateError) in
            let characters = arguments.given(0) == nil ? nil : try arguments.text(0)
            return receiver.likewise(try charged(receiver, renderer).stripped(characters, ends: ends))
        }
    }

    private static func splitting(fromEnd: Bool) -> JinjaMethod {
        JinjaMethod("sep?", "maxsplit?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let count = try arguments.integer(1, default: -1)
            let limit = count < 0 ? nil : count
            guard arguments.given(0) != nil else {
                return .list(text.splitAtSpace(limit: limit, fromEnd: fromEnd).map { receiver.likewise($0) })
            }
            let separator = try arguments.text(0)
            guard !separator.isEmpty else { throw TemplateError(.evaluation, "empty separator") }
            return .list(text.split(at: separator, limit: limit, fromEnd: fromEnd).map { receiver.likewise($0) })
        }
    }

    private static func partitioning(fromEnd: Bool) -> JinjaMethod {
        JinjaMethod("sep") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let separator = try arguments.text(0)
            guard !separator.isEmpty else { throw TemplateError(.evaluation, "empty separator") }
            let parts = text.split(at: separator, limit: 1, fromEnd: fromEnd)
            if parts.count == 2 { return .tuple([parts[0], separator, parts[1]].map { receiver.likewise($0) }) }
            return .tuple((fromEnd ? ["", "", text] : [text, "", ""]).map { receiver.likewise($0) })
        }
    }

    private static func join(
        _ separator: JinjaValue, _ elements: [JinjaValue], _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var text = ""
        for (index, element) in elements.enumerated() {
            guard let part = element.text else {
                throw TemplateError(
                    .evaluation, "sequence item \(index): expected str instance, \(element.typeName) found")
            }
            let piece = index > 0 ? separator.text ?? "" : ""
            try renderer.charge(bytes: piece.utf8.count + part.utf8.count)
            text += piece
            if case (.markup, .string) = (separator, element) { text += part.htmlEscaped } else { text += part }
        }
        return separator.likewise(text)
    }
}

extension String {
    func hasUTF8Suffix(_ suffix: String) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}

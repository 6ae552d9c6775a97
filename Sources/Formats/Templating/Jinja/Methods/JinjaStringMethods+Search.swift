extension JinjaStringMethods {
    static let searchMethods: [String: JinjaMethod] = [
        "startswith": affix { $0.utf8.starts(with: $1.utf8) },
        "endswith": affix { $0.hasUTF8Suffix($1) },
        "find": finding(fromEnd: false, isRequired: false),
        "rfind": finding(fromEnd: true, isRequired: false),
        "index": finding(fromEnd: false, isRequired: true),
        "rindex": finding(fromEnd: true, isRequired: true),
        "count": JinjaMethod("sub", "start?", "end?") { (receiver, arguments, renderer) throws(TemplateError) in
            guard let window = try window(receiver, arguments, renderer) else { return .integer(0) }
            let part = try arguments.text(0)
            if part.isEmpty { return .integer(window.text.codePointCount + 1) }
            return .integer(try renderer.search(for: part, in: window.text).count(in: window.text))
        },
    ]

    static let questions: [String: JinjaMethod] = [
        "isdigit": all { [.decimal, .digit].contains($0.properties.numericType) },
        "isdecimal": all { $0.properties.numericType == .decimal },
        "isnumeric": all { $0.properties.numericType != nil },
        "isalpha": all(\.isPythonLetter),
        "isalnum": all { $0.isPythonLetter || $0.properties.numericType != nil },
        "isspace": all(\.isPythonSpace),
        "isprintable": question { $0.unicodeScalars.allSatisfy(\.isPythonPrintable) },
        "isascii": question { $0.utf8.allSatisfy { $0 < 0x80 } },
        "islower": question { $0.hasCase(upper: false) },
        "isupper": question { $0.hasCase(upper: true) },
        "istitle": question { $0.hasCase && $0.pythonTitle.utf8.elementsEqual($0.utf8) },
        "isidentifier": question { text in
            guard let first = text.unicodeScalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && text.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
        },
    ]

    // MARK: Makers

    private static func question(_ isTrue: @escaping @Sendable (String) -> Bool) -> JinjaMethod {
        JinjaMethod { (receiver, _, renderer) throws(TemplateError) in
            let text = receiver.text ?? ""
            try renderer.charge(steps: text.utf8.count)
            return .bool(isTrue(text))
        }
    }

    /// Whether there are characters, and all of them are such.
    private static func all(_ isSuch: @escaping @Sendable (Unicode.Scalar) -> Bool) -> JinjaMethod {
        question { !$0.isEmpty && $0.unicodeScalars.allSatisfy(isSuch) }
    }

    private static func affix(_ isAffix: @escaping @Sendable (String, String) -> Bool) -> JinjaMethod {
        JinjaMethod("affix", "start?", "end?") { (receiver, arguments, renderer) throws(TemplateError) in
            guard let window = try window(receiver, arguments, renderer) else { return .bool(false) }
            guard case .tuple(let affixes) = arguments.required(0) else {
                return .bool(
                    isAffix(window.text, try affixText(arguments.required(0), arguments.function, renderer)))
            }
            for affix in affixes.elements
            where isAffix(window.text, try affixText(affix, arguments.function, renderer)) {
                return .bool(true)
            }
            return .bool(false)
        }
    }

    private static func affixText(
        _ value: JinjaValue, _ function: String, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> String {
        try renderer.charge(steps: 1 + (value.text?.utf8.count ?? 0) / 8)
        if let text = value.text { return text }
        throw TemplateError(
            .evaluation, "\(function) first arg must be str or a tuple of str, not \(value.typeName)")
    }

    private static func finding(fromEnd: Bool, isRequired: Bool) -> JinjaMethod {
        JinjaMethod("sub", "start?", "end?") { (receiver, arguments, renderer) throws(TemplateError) in
            let part = try arguments.text(0)
            if let window = try window(receiver, arguments, renderer),
                let offset = try offset(of: part, in: window.text, fromEnd: fromEnd, renderer)
            {
                return .integer(window.start + offset)
            }
            guard !isRequired else { throw TemplateError(.evaluation, "substring not found") }
            return .integer(-1)
        }
    }

    /// Where the part is, in code points.
    private static func offset(
        of part: String, in text: String, fromEnd: Bool, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> Int? {
        try renderer.chargeSearch(for: part, in: text)
        if fromEnd { try renderer.charge(bytes: text.utf8.count) }
        if part.isEmpty { return fromEnd ? text.codePointCount : 0 }
        var text = text
        return text.withUTF8 { utf8 in
            let offset: Int?
            if fromEnd {
                let found = Array(utf8.reversed()).withUnsafeBufferPointer {
                    SubstringSearch(reversing: part).offsets(in: $0, limit: 1).first
                }
                offset = found.map { utf8.count - $0 - part.utf8.count }
            } else {
                offset = SubstringSearch(part).offsets(in: utf8, limit: 1).first
            }
            return offset.map { utf8[..<$0].count { $0 & 0xC0 != 0x80 } }
        }
    }

    /// The part of the receiver that `start` and `end` leave, and where it starts; nil where they leave nothing.
    private static func window(
        _ receiver: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> (text: String, start: Int)? {
        let text = receiver.text ?? ""
        guard arguments.given(1) != nil || arguments.given(2) != nil else {
            if arguments.function != "startswith", arguments.function != "endswith" {
                try renderer.charge(steps: text.utf8.count / 16)
            }
            return (text, 0)
        }
        try renderer.charge(steps: text.utf8.count / 16)
        let count = text.codePointCount
        func clamp(_ index: Int) -> Int { index < 0 ? max(0, max(index, -count) + count) : index }
        let start = clamp(arguments.given(1) == nil ? 0 : try arguments.integer(1, default: 0))
        let end = min(clamp(arguments.given(2) == nil ? count : try arguments.integer(2, default: count)), count)
        guard start <= end else { return nil }
        try renderer.charge(bytes: text.utf8.count)
        let scalars = text.unicodeScalars
        let first = scalars.index(scalars.startIndex, offsetBy: start)
        return (String(scalars[first..<scalars.index(first, offsetBy: end - start)]), start)
    }
}

extension String {
    fileprivate var hasCase: Bool { unicodeScalars.contains { $0.properties.isCased } }
}

extension Unicode.Scalar {
    fileprivate var isPythonLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}

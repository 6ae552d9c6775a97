import JSON

extension SchemaCompiler {
    // MARK: Counts

    func count(_ keyword: String, in node: SchemaNode) throws(SchemaError) -> Int? {
        guard let value = node.schema[keyword] else { return nil }
        guard let count = value.intValue, count >= 0 else {
            // A number beyond 64 bits is one as well.
            if let number = value.doubleValue, number > 0, number == number.rounded() { return limits.repetitions }
            throw .invalid(keyword: keyword, path: node.path, reason: "it is not a count")
        }
        return min(count, limits.repetitions)
    }

    func flag(_ keyword: String, in node: SchemaNode) throws(SchemaError) -> Bool {
        guard let value = node.schema[keyword] else { return false }
        guard let flag = value.boolValue else {
            throw .invalid(keyword: keyword, path: node.path, reason: "it is not a boolean")
        }
        return flag
    }

    // MARK: Numbers

    /// Digits of a number that a schema has, before and after the point.
    private static let longestNumber = 40
    /// Bounds with more digits are not known exactly.
    private static let farthest = 18
    private static let nearer = 999_999_999_999_999_999

    func restrictNumbers(of set: inout ValueSet, by node: SchemaNode) throws(SchemaError) {
        var number = NumberSet()
        for keyword in ["minimum", "exclusiveMinimum"] {
            guard let bound = try bound(keyword, in: node, isLower: true) else { continue }
            number = number.intersection(NumberSet(lower: bound)) ?? number
        }
        for keyword in ["maximum", "exclusiveMaximum"] {
            guard let bound = try bound(keyword, in: node, isLower: false) else { continue }
            guard let both = number.intersection(NumberSet(upper: bound)) else {
                set.numbers = []
                return
            }
            number = both
        }
        if let divisor = try divisor(in: node) { number.divisors = [divisor] }
        if case .string(let name)? = node.schema["format"], let range = NumberFormats.range(of: name) {
            number.lower = number.lower ?? range.lower
            number.upper = number.upper ?? range.upper
        }
        guard number != .any else { return }
        set.numbers = set.numbers.compactMap { $0.intersection(number) }
    }

    private func bound(
        _ keyword: String, in node: SchemaNode, isLower: Bool
    ) throws(SchemaError) -> NumberSet.Bound? {
        guard let value = node.schema[keyword] else { return nil }
        if case .bool(let isExclusive) = value, keyword.hasPrefix("exclusive") {
            // As the drafts before 6 have it, beside a bound.
            guard isExclusive, let number = node.schema[isLower ? "minimum" : "maximum"].flatMap(DecimalNumber.init)
            else { return nil }
            return try checked(number, value: .null, keyword, node, isLower: isLower, isExclusive: true)
        }
        guard let number = DecimalNumber(value) else {
            throw .invalid(keyword: keyword, path: node.path, reason: "it is not a number")
        }
        return try checked(
            number, value: value, keyword, node, isLower: isLower, isExclusive: keyword.hasPrefix("exclusive"))
    }

    private func checked(
        _ number: DecimalNumber, value: JSONValue, _ keyword: String, _ node: SchemaNode, isLower: Bool,
        isExclusive: Bool
    ) throws(SchemaError) -> NumberSet.Bound? {
        if case .number = value, number.integerLength > Self.farthest {
            // Numbers up to there are many enough.
            if number.isNegative == isLower {
                let nearer = DecimalNumber(isLower ? -Self.nearer : Self.nearer)
                return NumberSet.Bound(number: nearer, isExclusive: false)
            }
            throw .unsupported(keyword: keyword, path: node.path, reason: "the number has too many digits")
        }
        guard number.integerLength <= Self.longestNumber, number.fractionLength <= Self.longestNumber else {
            throw .unsupported(keyword: keyword, path: node.path, reason: "the number has too many digits")
        }
        return NumberSet.Bound(number: number, isExclusive: isExclusive)
    }

    private static let mostPlaces = 12

    private func divisor(in node: SchemaNode) throws(SchemaError) -> NumberSet.Divisor? {
        guard let value = node.schema["multipleOf"] else { return nil }
        guard let number = DecimalNumber(value), !number.isNegative, !number.isZero else {
            throw .invalid(keyword: "multipleOf", path: node.path, reason: "it is not a positive number")
        }
        let places = number.fractionLength
        guard places <= Self.mostPlaces, let scaled = number.scaled(by: places) else {
            throw .unsupported(keyword: "multipleOf", path: node.path, reason: "the number has too many digits")
        }
        var rest = scaled
        while rest % 10 == 0 { rest /= 10 }
        guard rest <= limits.exploredStates / 4 else {
            throw .unsupported(keyword: "multipleOf", path: node.path, reason: "the number has too many digits")
        }
        return NumberSet.Divisor(scaled: scaled, places: places)
    }

    // MARK: Strings

    func restrictStrings(of set: inout ValueSet, by node: SchemaNode) throws(SchemaError) {
        var string = StringSet()
        string.least = try count("minLength", in: node) ?? 0
        string.most = try count("maxLength", in: node)
        if let value = node.schema["pattern"] {
            guard let text = value.stringValue else {
                throw .invalid(keyword: "pattern", path: node.path, reason: "it is not a string")
            }
            string.languages.append(try pattern(text, keyword: "pattern", path: node.path))
        }
        if let value = node.schema["format"] {
            guard let name = value.stringValue else {
                throw .invalid(keyword: "format", path: node.path, reason: "it is not a string")
            }
            if let language = try read(
                "format", node.path,
                { () throws(RegexError) in
                    try StringFormats.language(of: name, limits)
                })
            {
                string.languages.append(language)
            } else if NumberFormats.range(of: name) == nil {
                throw .unsupported(
                    keyword: "format", path: node.path, reason: "the format \"\(name.excerpt(40))\" is not known")
            }
        }
        guard string != .any else { return }
        set.strings = set.strings.compactMap { $0.intersection(string) }
    }

    /// Strings in which a regular expression matches somewhere.
    func pattern(_ regex: String, keyword: String, path: String) throws(SchemaError) -> RegularLanguage {
        try read(keyword, path) { () throws(RegexError) in
            try RegularLanguage(regex: regex, matching: .anywhere, limits: limits)
        }
    }

    private func read<Language>(
        _ keyword: String, _ path: String, _ language: () throws(RegexError) -> Language
    ) throws(SchemaError) -> Language {
        do throws(RegexError) {
            return try language()
        } catch {
            throw .regex(error, keyword: keyword, path: path)
        }
    }
}

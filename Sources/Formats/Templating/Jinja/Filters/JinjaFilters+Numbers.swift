extension JinjaFilters {
    /// Filters for numbers.
    static let numbers: [String: JinjaFilter] = [
        "abs": JinjaFilter { (value, _, _) throws(TemplateError) in
            if let integer = value.index, integer != .min { return .integer(abs(integer)) }
            if case .float(let number) = value { return .float(number.magnitude) }
            throw TemplateError(.evaluation, "bad operand type for abs(): '\(value.typeName)'")
        },
        "int": JinjaFilter("default?", "base?") { (value, arguments, renderer) throws(TemplateError) in
            try chargeReading(value, renderer)
            if case .undefined(let undefined) = value { throw undefined.error }
            let base = try arguments.integer(1, default: 10)
            return integer(value, base: base).map { .integer($0) } ?? arguments[0] ?? .integer(0)
        },
        "float": JinjaFilter("default?") { (value, arguments, renderer) throws(TemplateError) in
            try chargeReading(value, renderer)
            if case .undefined(let undefined) = value { throw undefined.error }
            if let number = value.number ?? value.text.flatMap(float) { return .float(number) }
            return arguments[0] ?? .float(0)
        },
        "round": JinjaFilter("precision?", "method?", apply: round),
        "filesizeformat": JinjaFilter("binary?", apply: fileSize),
    ]

    // MARK: Conversions

    /// Pays for reading a number from a text, however long that is.
    private static func chargeReading(_ value: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) {
        guard let text = value.marked else { return }
        try renderer.charge(remaking: text, growth: 4, stepBytes: 1)
    }

    private static func integer(_ value: JinjaValue, base: Int) -> Int? {
        switch value {
        case .string(let text), .markup(let text):
            integer(text.text, base: base) ?? float(text.text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        case .float(let number): Int(exactly: number.rounded(.towardZero))
        default: value.index
        }
    }

    /// Python's `int(text, base)`: space around it, underscores between digits, a prefix that fits the base.
    private static func integer(_ text: String, base: Int) -> Int? {
        var digits = MarkedText.literal(text).stripped(nil).text[...]
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        var radix = base
        for (prefix, prefixRadix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where (base == prefixRadix || base == 0) && digits.lowercased().hasPrefix(prefix) {
            radix = prefixRadix
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits = digits.dropFirst() }
        }
        if radix == 0 { radix = 10 }
        guard let plain = withoutUnderscores(digits), (2...36).contains(radix),
            plain.first != "-", plain.first != "+"
        else { return nil }
        return Int((isNegative ? "-" : "") + plain, radix: radix)
    }

    private static func float(_ text: String) -> Double? {
        let trimmed = MarkedText.literal(text).stripped(nil).text
        let plain = trimmed.lowercased()
        guard let digits = withoutUnderscores(trimmed[...]) else { return nil }
        switch plain {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default:
            // Swift reads hexadecimal floats and names, which Python does not.
            guard !plain.contains("x"), !plain.contains("n") else { return nil }
            if digits.hasSuffix(".") { return Double(digits.dropLast()) }
            return Double(digits)
        }
    }

    /// The digits without the underscores between them; nil where one stands elsewhere.
    private static func withoutUnderscores(_ digits: Substring) -> String? {
        guard digits.first != "_", digits.last != "_", !digits.isEmpty else { return nil }
        var result = ""
        var previous: Character = "_"
        for character in digits {
            guard character != "_" || previous.isHexDigit else { return nil }
            if character != "_" { result.append(character) }
            previous = character
        }
        return result
    }

    // MARK: Filters

    private static func round(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let precision = try arguments.integer(0, default: 0)
        let method = arguments[1] == nil ? "common" : try arguments.text(1)
        guard let number = value.number else {
            throw TemplateError(
                .evaluation, "type \(value.typeName) doesn't define __round__ method")
        }
        guard (-300...300).contains(precision) else { return value }
        try renderer.charge(steps: NumberLayout.steps(ofPrecision: precision))
        let scale = JinjaFilters.power(of: precision)
        switch method {
        case "common":
            if let integer = value.index {
                if precision >= 0 { return .integer(integer) }
                return .integer(Int(exactly: (number * scale).rounded(.toNearestOrEven) / scale) ?? integer)
            }
            guard number.isFinite else { return value }
            if precision < 0 { return .float((number * scale).rounded(.toNearestOrEven) / scale) }
            return .float(Double(NumberLayout.fixed(number, precision: precision)) ?? number)
        case "ceil": return .float((number * scale).rounded(.up) / scale)
        case "floor": return .float((number * scale).rounded(.down) / scale)
        default: throw TemplateError(.evaluation, "method must be common, ceil or floor")
        }
    }

    private static func power(of exponent: Int) -> Double {
        Double("1e\(exponent)") ?? 1
    }

    private static func fileSize(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        try chargeReading(value, renderer)
        guard let bytes = value.number ?? value.text.flatMap(float) else {
            if value.text != nil {
                try renderer.charge(representing: value)
                throw TemplateError(.evaluation, "could not convert string to float: \(value.represented)")
            }
            throw TemplateError(
                .evaluation, "float() argument must be a string or a real number, not '\(value.typeName)'")
        }
        let base: Double = arguments.flag(0) ? 1024 : 1000
        if bytes == 1 { return .literal("1 Byte") }
        if bytes < base { return .literal("\(Int(clamping: Int64(exactly: bytes.rounded(.towardZero)) ?? 0)) Bytes") }
        let units =
            arguments.flag(0)
            ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
            : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        var scaled = bytes / base
        var unit = 0
        while scaled >= base, unit < units.count - 1 {
            scaled /= base
            unit += 1
        }
        return .literal(NumberLayout.fixed(scaled, precision: 1) + " " + units[unit])
    }
}

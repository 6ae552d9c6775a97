#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a value is laid out in a format string: sign, width, precision, padding.
struct NumberLayout {
    var width: Int?
    var precision: Int?
    var isLeftAligned = false
    var isCentered = false
    var showsPlus = false
    var leavesSpaceForSign = false
    var padsWithZeros = false
    var isAlternate = false
    var fill: Unicode.Scalar = " "
    var groupSeparator: String?

    /// Notes one of printf's flags; false if it is none.
    mutating func take(flag: Unicode.Scalar) -> Bool {
        switch flag {
        case "-": isLeftAligned = true
        case "+": showsPlus = true
        case " ": leavesSpaceForSign = true
        case "0": padsWithZeros = true
        case "#": isAlternate = true
        default: return false
        }
        return true
    }

    /// Formats a value as a conversion of `%` asks.
    func convert(
        _ value: JinjaValue, _ conversion: Unicode.Scalar, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        switch conversion {
        case "s", "r", "a":
            let text = try text(of: value, conversion, renderer)
            return try pad(precision.map(text.prefix(codePoints:)) ?? text, renderer)
        case "c":
            if let text = value.marked, text.utf8.count <= 4, text.codePointCount == 1 {
                return try pad(text, renderer)
            }
            guard let scalar = value.index.flatMap({ UInt32(exactly: $0) }).flatMap({ Unicode.Scalar($0) }) else {
                throw TemplateError(.evaluation, "%c requires int or char")
            }
            return try pad(.literal(String(scalar)), renderer)
        case "d", "i", "u", "x", "X", "o":
            let integer = try integer(value, conversion)
            var digits = digits(of: integer.magnitude, conversion)
            if let precision, precision > digits.utf8.count {
                try renderer.charge(bytes: precision)
                digits = String.repeated("0", precision - digits.utf8.count) + digits
            }
            return try layOut(digits, isNegative: integer < 0, prefix: prefix(conversion), renderer)
        case "e", "E", "f", "F", "g", "G":
            guard let number = value.number else {
                throw TemplateError(.evaluation, "must be real number, not \(value.typeName)")
            }
            return try layOut(number, conversion, renderer)
        default:
            throw TemplateError(
                .evaluation, "unsupported format character '\(conversion)' (0x\(String(conversion.value, radix: 16)))")
        }
    }

    private func text(
        of value: JinjaValue, _ conversion: Unicode.Scalar, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        if conversion == "s" {
            let text = try renderer.printed(value)
            try renderer.charge(remaking: text)
            return text
        }
        try renderer.charge(representing: value)
        let text = value.represented
        let isContent = value.size.holdsContent
        guard conversion == "a" else { return MarkedText(text, isContent: isContent) }
        try renderer.charge(remaking: .literal(text), growth: 5, stepBytes: 1)
        return MarkedText(text.pythonASCII, isContent: isContent)
    }

    private func integer(_ value: JinjaValue, _ conversion: Unicode.Scalar) throws(TemplateError) -> Int {
        if case .undefined(let undefined) = value { throw undefined.error }
        if let index = value.index { return index }
        if case .float(let number) = value, "diu".unicodeScalars.contains(conversion),
            let integer = Int(exactly: number.rounded(.towardZero))
        {
            return integer
        }
        let kind = "diu".unicodeScalars.contains(conversion) ? "a real number is required" : "an integer is required"
        throw TemplateError(.evaluation, "%\(conversion) format: \(kind), not \(value.typeName)")
    }

    func digits(of magnitude: UInt, _ conversion: Unicode.Scalar) -> String {
        switch conversion {
        case "x": String(magnitude, radix: 16)
        case "X": String(magnitude, radix: 16, uppercase: true)
        case "o": String(magnitude, radix: 8)
        case "b": String(magnitude, radix: 2)
        default: String(magnitude)
        }
    }

    func prefix(_ conversion: Unicode.Scalar) -> String {
        guard isAlternate else { return "" }
        switch conversion {
        case "x": return "0x"
        case "X": return "0X"
        case "o": return "0o"
        case "b": return "0b"
        default: return ""
        }
    }

    /// Lays out a float as printf does.
    func layOut(
        _ number: Double, _ conversion: Unicode.Scalar, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        guard number.isFinite else {
            var layout = self
            layout.padsWithZeros = false
            let isUpper = conversion.properties.isUppercase
            let name = number.isNaN ? "nan" : "inf"
            let text = isUpper ? name.uppercased() : name
            return try layout.layOut(text, isNegative: number < 0, prefix: "", renderer)
        }
        let precision = precision ?? 6
        guard (0...Self.largestPrecision).contains(precision) else {
            throw TemplateError(.evaluation, "precision too big")
        }
        try renderer.charge(steps: Self.steps(ofPrecision: precision))
        let format = "%\(isAlternate ? "#" : "").\(precision)\(conversion)"
        let text = Self.print(number.magnitude, format)
        return try layOut(text, isNegative: number.sign == .minus, prefix: "", renderer)
    }

    static let largestPrecision = 1000

    /// What it takes to write a float.
    static func steps(ofPrecision precision: Int) -> Int { 100 + Int(clamping: precision.magnitude) / 2 }

    /// The digits of a number with so many behind the point, exactly rounded.
    static func fixed(_ number: Double, precision: Int) -> String {
        print(number, "%.\(precision)f")
    }

    private static func print(_ number: Double, _ format: String) -> String {
        var buffer = [CChar](repeating: 0, count: 1400)
        let count = withVaList([number]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(max(count, 0))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Puts sign, prefix and padding around digits.
    func layOut(
        _ digits: String, isNegative: Bool, prefix: String, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        let sign = isNegative ? "-" : showsPlus ? "+" : leavesSpaceForSign ? " " : ""
        var digits = digits
        if let groupSeparator { digits = grouped(digits, by: groupSeparator) }
        let missing = (width ?? 0) - sign.utf8.count - prefix.utf8.count - digits.utf8.count
        if padsWithZeros, !isLeftAligned, missing > 0 {
            try renderer.charge(bytes: missing)
            return .literal(sign + prefix + String.repeated("0", missing) + digits)
        }
        return try pad(.literal(sign + prefix + digits), alignsRight: true, renderer)
    }

    private func grouped(_ digits: String, by separator: String) -> String {
        let whole = digits.utf8.prefix { Character(Unicode.Scalar($0)).isHexDigit }.count
        var result = ""
        for (index, digit) in digits.unicodeScalars.enumerated() {
            if index > 0, index < whole, (whole - index) % 3 == 0 { result += separator }
            result.unicodeScalars.append(digit)
        }
        return result
    }

    /// Fills up to the width. printf aligns everything to the right unless told otherwise.
    func pad(
        _ text: MarkedText, alignsRight: Bool = true, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        let missing = (width ?? 0) - text.codePointCount
        guard missing > 0 else { return text }
        let (bytes, overflow) = missing.multipliedReportingOverflow(by: fill.utf8.count)
        try renderer.charge(bytes: overflow ? .max : bytes)
        func padding(_ count: Int) -> MarkedText { .literal(String.repeated(String(fill), count)) }
        if isCentered { return padding(missing / 2) + text + padding(missing - missing / 2) }
        if isLeftAligned || !alignsRight { return text + padding(missing) }
        return padding(missing) + text
    }
}

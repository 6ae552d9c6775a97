#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension GoFormatter {
    // MARK: Integers

    mutating func append(integer: Int, _ verb: Unicode.Scalar) {
        switch verb {
        case "v", "d": append(integer, radix: 10)
        case "b": append(integer, radix: 2, prefix: directive.sharp ? "0b" : "")
        case "o": append(integer, radix: 8, prefix: directive.sharp ? "0" : "")
        case "O": append(integer, radix: 8, prefix: "0o")
        case "x": append(integer, radix: 16, prefix: directive.sharp ? "0x" : "")
        case "X": append(integer, radix: 16, prefix: directive.sharp ? "0X" : "", uppercase: true)
        case "c": pad(literal: String(Self.scalar(integer)))
        case "q": pad(literal: GoQuoting.quoteCharacter(Self.scalar(integer), asciiOnly: directive.plus))
        case "U": append(codePoint: integer)
        default: appendBadVerb(.int(integer), verb)
        }
    }

    private static func scalar(_ integer: Int) -> Unicode.Scalar {
        UInt32(exactly: integer).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
    }

    private mutating func append(_ integer: Int, radix: Int, prefix: String = "", uppercase: Bool = false) {
        let isSigned = integer < 0 || directive.plus || directive.space
        let sign = integer < 0 ? "-" : directive.plus ? "+" : directive.space ? " " : ""
        var digits = String(integer.magnitude, radix: radix, uppercase: uppercase)
        var least = 0
        if let precision = directive.precision {
            // No digits asked for and none to show.
            if precision == 0, integer == 0 { return padWithoutZeros("") }
            least = precision
        } else if directive.zero, !directive.minus, let width = directive.width {
            least = isSigned ? width - 1 : width
        }
        digits = String.repeated("0", max(0, least - digits.utf8.count)) + digits
        let isOctalAlready = prefix == "0" && digits.hasPrefix("0")
        padWithoutZeros(sign + (isOctalAlready ? "" : prefix) + digits)
    }

    private mutating func append(codePoint integer: Int) {
        let scalar = directive.sharp ? UInt32(exactly: integer).flatMap(Unicode.Scalar.init) : nil
        padWithoutZeros(
            scalar.map(GoQuoting.unicodeNotation) ?? GoQuoting.codePoint(UInt64(bitPattern: Int64(integer))))
    }

    // MARK: Floats

    mutating func append(float: Double, _ verb: Unicode.Scalar) {
        let magnitude: String
        switch verb {
        case "v": magnitude = Self.general(float.magnitude, precision: directive.precision)
        case _ where directive.sharp && "gGeEfF".unicodeScalars.contains(verb):
            magnitude = Self.c("%#.\(directive.precision ?? 6)\(verb)", float.magnitude)
        case "g": magnitude = Self.general(float.magnitude, precision: directive.precision)
        case "G": magnitude = Self.general(float.magnitude, precision: directive.precision).uppercased()
        case "e", "E", "f", "F":
            magnitude = Self.c("%.\(directive.precision ?? 6)\(verb)", float.magnitude)
        case "x", "X": magnitude = Self.hexadecimal(float.magnitude, precision: directive.precision, verb)
        case "b":
            let exponent = Int(max(float.exponentBitPattern, 1)) - 1075
            let implicit: UInt64 = float.isNormal ? 1 << 52 : 0
            magnitude = "\(float.significandBitPattern | implicit)p\(exponent < 0 ? "" : "+")\(exponent)"
        default: return appendBadVerb(.float(float), verb)
        }
        append(magnitude: magnitude, of: float)
    }

    private mutating func append(magnitude: String, of float: Double) {
        guard float.isFinite else {
            let text = float.isNaN ? "NaN" : "Inf"
            let sign = float.sign == .minus && !float.isNaN ? "-" : directive.plus ? "+" : directive.space ? " " : ""
            return padWithoutZeros((sign.isEmpty && !float.isNaN ? "+" : sign) + text)
        }
        let sign = float.sign == .minus ? "-" : directive.plus ? "+" : directive.space ? " " : ""
        let missing = (directive.width ?? 0) - sign.utf8.count - magnitude.utf8.count
        if directive.zero, !directive.minus, missing > 0, !sign.isEmpty {
            // The sign comes before the zeros.
            write(literal: sign)
            writePadding(missing)
            return write(literal: magnitude)
        }
        pad(literal: sign + magnitude)
    }

    /// `%g`: the shortest digits that give the number back, or as many as the precision says.
    private static func general(_ magnitude: Double, precision: Int?) -> String {
        guard magnitude.isFinite, magnitude != 0 else { return "0" }
        // No double has more digits.
        if let precision { return c("%.\(min(precision, 1100))g", magnitude) }
        let (digits, exponent) = shortest(magnitude)
        if exponent < -4 || exponent >= 6 {
            let fraction = digits.dropFirst()
            let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
            return "\(digits.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
        }
        if exponent < 0 { return "0." + String.repeated("0", -exponent - 1) + digits }
        let whole = exponent + 1
        if digits.utf8.count <= whole { return digits + String.repeated("0", whole - digits.utf8.count) }
        return "\(digits.prefix(whole)).\(digits.dropFirst(whole))"
    }

    /// The digits without leading or trailing zeros, and the power of ten of the first.
    private static func shortest(_ magnitude: Double) -> (digits: String, exponent: Int) {
        let parts = magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].utf8.count - 1
        var digits = Substring(mantissa.joined())
        while digits.hasPrefix("0"), digits.utf8.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
        return (String(digits), exponent)
    }

    /// Go writes two digits of exponent at least, C one.
    private static func hexadecimal(_ magnitude: Double, precision: Int?, _ verb: Unicode.Scalar) -> String {
        let text = c("%\(precision.map { ".\($0)" } ?? "")\(verb == "x" ? "a" : "A")", magnitude)
        guard let mark = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return text }
        let exponent = text[text.index(after: mark)...]
        return exponent.utf8.count > 1 ? text : "\(text[...mark])0\(exponent)"
    }

    private static func c(_ format: String, _ value: Double) -> String {
        var buffer: [CChar] = Array(repeating: 0, count: 400)
        var length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        if Int(length) >= buffer.count {
            buffer = Array(repeating: 0, count: Int(length) + 1)
            length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        }
        return String(decoding: buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Numbers as Go source writes them.
enum GoNumberText {
    enum Number: Hashable {
        case int(Int)
        case float(Double)
    }

    /// The end of what a number at the offset can consist of; the offset itself where there is none.
    static func end(in source: [UInt8], from start: Int) -> Int {
        var scanner = Scanner(source: source, position: start)
        scanner.scan()
        return scanner.position
    }

    /// The value of a literal; nil for what is no number or does not fit in 64 bits.
    static func value(of text: String) -> Number? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "_") }
        let isHex = text.lowercased().contains("0x")
        let isFloat = digits.contains { ".pP".utf8.contains($0) || (!isHex && "eE".utf8.contains($0)) }
        let clean = String(decoding: digits, as: UTF8.self)
        guard isFloat else { return integer(clean).map(Number.int) }
        return double(clean).map(Number.float)
    }

    private static func integer(_ text: String) -> Int? {
        let isNegative = text.hasPrefix("-")
        let magnitude = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        let prefixes: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2)]
        var (body, radix) = (magnitude, 10)
        if let (prefix, base) = prefixes.first(where: { magnitude.lowercased().hasPrefix($0.0) }) {
            (body, radix) = (String(magnitude.dropFirst(prefix.utf8.count)), base)
        } else if magnitude.utf8.count > 1, magnitude.hasPrefix("0") {
            radix = 8
        }
        guard let first = body.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        return Int(isNegative ? "-\(body)" : body, radix: radix)
    }

    private static func double(_ text: String) -> Double? {
        let sign: Double = text.hasPrefix("-") ? -1 : 1
        var magnitude = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        if magnitude.hasPrefix(".") { magnitude = "0\(magnitude)" }
        guard let value = Double(magnitude), value.isFinite else { return nil }
        return sign * value
    }

    private struct Scanner {
        let source: [UInt8]
        var position: Int

        mutating func scan() {
            _ = accept("+-")
            var digits = "0123456789_"
            var exponents = "eE"
            if accept("0") {
                if accept("xX") {
                    (digits, exponents) = ("0123456789abcdefABCDEF_", "pP")
                } else if accept("oO") {
                    (digits, exponents) = ("01234567_", "")
                } else if accept("bB") {
                    (digits, exponents) = ("01_", "")
                }
            }
            acceptRun(digits)
            if accept(".") { acceptRun(digits) }
            if accept(exponents) {
                _ = accept("+-")
                acceptRun("0123456789_")
            }
        }

        private mutating func accept(_ set: String) -> Bool {
            guard position < source.count, set.utf8.contains(source[position]) else { return false }
            position += 1
            return true
        }

        private mutating func acceptRun(_ set: String) {
            while accept(set) {}
        }
    }
}

import JSON

/// A span of time as Go writes it: `1h30m`, `-1s`, `250ms`.
package struct GoDuration: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var nanoseconds: Int

    package init(nanoseconds: Int) {
        self.nanoseconds = nanoseconds
    }

    /// The longest span, about 292 years: "forever".
    package static let longest = GoDuration(nanoseconds: .max)

    package static func < (left: GoDuration, right: GoDuration) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// A number of seconds, held at the ends of the range; not-a-number is zero.
    package init(seconds: Double) {
        let nanoseconds = seconds * 1e9
        if nanoseconds.isNaN {
            self.init(nanoseconds: 0)
        } else if nanoseconds >= 9.223372036854775e18 {
            self = .longest
        } else if nanoseconds <= -9.223372036854775e18 {
            self.init(nanoseconds: .min)
        } else {
            self.init(nanoseconds: Int(nanoseconds))
        }
    }

    private static let units: [(name: String, nanoseconds: Int)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Reads what Go's `time.ParseDuration` reads.
    package init(parsing text: String) throws(WireError) {
        let quoted = goQuoted(text.excerpt())
        let invalid = WireError.invalid("time: invalid duration \(quoted)")
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        if rest == "0" {
            self.init(nanoseconds: 0)
            return
        }
        guard !rest.isEmpty else { throw invalid }
        var total = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unitName = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unitName.count)
            guard number.contains(where: { $0 != "." }), number.count(where: { $0 == "." }) <= 1 else { throw invalid }
            guard !unitName.isEmpty else {
                throw .invalid("time: missing unit in duration \(quoted)")
            }
            guard let unit = Self.units.first(where: { $0.name == unitName }) else {
                throw .invalid("time: unknown unit \(goQuoted(String(unitName).excerpt())) in duration \(quoted)")
            }
            guard let part = Self.scaled(number, by: unit.nanoseconds) else { throw invalid }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { throw invalid }
            total = sum
        }
        self.init(nanoseconds: isNegative ? -total : total)
    }

    /// A decimal number times a unit; nil where that leaves 64 bits.
    private static func scaled(_ number: Substring, by unit: Int) -> Int? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        var whole = 0
        if let digits = parts.first, !digits.isEmpty {
            guard let value = Int(digits) else { return nil }
            whole = value
        }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        guard parts.count == 2, let fraction = Double("0." + parts[1]) else { return scaled }
        let (sum, sumOverflows) = scaled.addingReportingOverflow(Int(fraction * Double(unit)))
        return sumOverflows ? nil : sum
    }

    /// `1h2m3.5s`, `1.5ms`, `0s`.
    package var description: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return sign + Self.decimal(magnitude, unit: 1000) + "µs"
        case ..<1_000_000_000: return sign + Self.decimal(magnitude, unit: 1_000_000) + "ms"
        default: break
        }
        let minute: UInt = 60_000_000_000
        let minutes = magnitude / minute
        let seconds = Self.decimal(magnitude % minute, unit: 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    private static func decimal(_ value: UInt, unit: UInt) -> String {
        let fraction = value % unit
        guard fraction != 0 else { return String(value / unit) }
        var digits = String(fraction)
        digits = String(repeating: "0", count: String(unit).utf8.count - 1 - digits.utf8.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}

/// A text in double quotes, as Go's `%q` writes it.
package func goQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7f:
            let digits = String(scalar.value, radix: 16)
            quoted += "\\x" + String(repeating: "0", count: 2 - digits.utf8.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

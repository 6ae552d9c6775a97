#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment as the wire writes it: RFC 3339 with up to nine digits of a second, trailing zeros left out.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970, leap seconds not counted.
    package let seconds: Int
    /// 0 to 999,999,999.
    package let nanoseconds: Int
    /// East of Greenwich, for printing only; less than a day.
    package let offsetSeconds: Int

    /// The years 1 to 9999, which are all that the format can write.
    private static let range = -62_135_596_800...253_402_300_799

    /// A moment before or after the years that can be written is held at their end.
    package init(seconds: Int, nanoseconds: Int = 0, offsetSeconds: Int = 0) {
        self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
        self.offsetSeconds = min(max(offsetSeconds, -86_399), 86_399)
    }

    /// - Parameter seconds: of any size, as a file's date may be; not-a-number is 1970.
    package init(secondsSince1970 seconds: Double) {
        let seconds = seconds.isNaN ? 0 : seconds
        let whole = seconds.rounded(.down)
        let held = min(max(whole, Double(Self.range.lowerBound)), Double(Self.range.upperBound))
        let fraction = whole == held ? seconds - whole : 0
        self.init(seconds: Int(exactly: held) ?? 0, nanoseconds: Int(fraction * 1e9))
    }

    /// Now, in universal time.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    /// The same moment, printed with this machine's offset.
    package var local: Timestamp {
        var moment = time_t(seconds)
        var parts = tm()
        guard localtime_r(&moment, &parts) != nil else { return self }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds, offsetSeconds: Int(parts.tm_gmtoff))
    }

    /// Go's zero time, which it writes for a moment never set.
    package static let zero = Timestamp(seconds: -62_135_596_800)

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    package static func == (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) == (right.seconds, right.nanoseconds)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(seconds)
        hasher.combine(nanoseconds)
    }

    package var description: String {
        let local = min(max(seconds + offsetSeconds, Self.range.lowerBound), Self.range.upperBound)
        let days = local.quotient(by: 86_400)
        let time = local - days * 86_400
        let (year, month, day) = Self.date(days: days)
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        text += "T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
        if nanoseconds != 0 {
            var digits = padded(nanoseconds, 9)
            while digits.last == "0" { digits.removeLast() }
            text += ".\(digits)"
        }
        guard offsetSeconds != 0 else { return text + "Z" }
        let minutes = abs(offsetSeconds) / 60
        return text + (offsetSeconds < 0 ? "-" : "+") + "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    /// Year, month and day of a count of days since 1970 (proleptic Gregorian; eras of 400 years).
    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.quotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.quotient(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Timestamp {
    /// Reads RFC 3339; nil for anything else.
    package init?(_ text: String) {
        var reader = DigitReader(text.utf8[...])
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        guard let nanoseconds = reader.skip(".") ? reader.fraction() : 0 else { return nil }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        self.init(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: nanoseconds,
            offsetSeconds: offset)
    }
}

/// Takes fixed-width numbers from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) {
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ digits: Int) -> Int? {
        let field = rest.prefix(digits)
        guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(digits)
        return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The digits of a fraction as nanoseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while let digit = number(1) {
            if count < 9 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 9)..<9 { value *= 10 }
        return value
    }

    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let sign: Int
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Int {
    /// Division that rounds towards negative infinity.
    fileprivate func quotient(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}

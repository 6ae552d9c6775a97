import JSON

/// A number as its decimal digits: `±0.digits × 10^point`.
struct DecimalNumber: Hashable, Sendable {
    private(set) var isNegative = false
    /// Without zeros at either end; none for zero.
    private(set) var digits: [UInt8] = []
    private(set) var point = 0

    static let zero = DecimalNumber()

    /// Nil for anything but a number.
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let integer): self.init(text: String(integer))
        case .number(let number): self.init(text: number.description)
        default: return nil
        }
    }

    private init() {}

    init(_ integer: Int) { self.init(text: String(integer)) }

    /// - Parameter text: of a finite number, as Swift prints one.
    private init(text: String) {
        var exponent = 0
        var fraction: Int?
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): fraction = 0
            case UInt8(ascii: "e"):
                exponent = Int(String(Substring(rest))) ?? 0
                rest = rest[rest.endIndex...]
            default:
                digits.append(byte - UInt8(ascii: "0"))
                fraction = fraction.map { $0 + 1 }
            }
        }
        point = digits.count - (fraction ?? 0) + exponent
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { self = .zero }
    }

    var isZero: Bool { digits.isEmpty }
    var isInteger: Bool { digits.count <= point || isZero }
    var magnitude: DecimalNumber {
        var result = self
        result.isNegative = false
        return result
    }

    /// How many digits stand before and after the point.
    var integerLength: Int { max(point, 1) }
    var fractionLength: Int { max(digits.count - point, 0) }

    /// The digits before the point; a zero where there are none.
    var integerDigits: [UInt8] {
        guard point > 0 else { return [0] }
        return Array(digits.prefix(point)) + Array(repeating: 0, count: max(point - digits.count, 0))
    }

    /// The digits after the point, the last of them no zero.
    var fractionDigits: [UInt8] {
        guard !isInteger else { return [] }
        return Array(repeating: 0, count: max(-point, 0)) + Array(digits.dropFirst(max(point, 0)))
    }

    /// Without an exponent.
    var text: String {
        let sign = isNegative ? "-" : ""
        let whole = integerDigits.map(String.init).joined()
        return isInteger ? sign + whole : sign + whole + "." + fractionDigits.map(String.init).joined()
    }

    /// The number times 10^places; nil where that is no integer or does not fit.
    func scaled(by places: Int) -> Int? {
        var shifted = self
        if !isZero { shifted.point += places }
        guard shifted.isInteger, shifted.point <= 19 else { return nil }
        return Int(shifted.text)
    }

    /// The remainder of the number times 10^places, which has to be an integer.
    func remainder(scaledBy places: Int, dividedBy divisor: Int) -> Int {
        var result = 0
        let length = point + places
        for index in 0..<max(length, digits.count) {
            result = (result * 10 + Int(index < digits.count ? digits[index] : 0)) % divisor
        }
        return result
    }
}

extension DecimalNumber: Comparable {
    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        if left.isNegative { return right.magnitude.isBelow(left.magnitude) }
        return left.isBelow(right)
    }

    /// Both are not negative.
    private func isBelow(_ other: DecimalNumber) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        if point != other.point { return point < other.point }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

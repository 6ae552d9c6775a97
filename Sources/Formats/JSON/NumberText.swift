/// The shortest decimal text that reads back as the same number, in other languages' spellings.
package enum NumberText {
    /// As Go's encoding/json: `1`, `1.5`, `1e+21`, `1e-7`; nil for infinities and NaN.
    package static func go(_ number: Double) -> String? {
        guard number.isFinite else { return nil }
        return go(ShortestDecimal(number.description), magnitude: number.magnitude, small: 1e-6, large: 1e21)
    }

    package static func go(_ number: Float) -> String? {
        guard number.isFinite else { return nil }
        return go(ShortestDecimal(number.description), magnitude: number.magnitude, small: 1e-6, large: 1e21)
    }

    private static func go<Number: BinaryFloatingPoint>(
        _ decimal: ShortestDecimal, magnitude: Number, small: Number, large: Number
    ) -> String {
        if magnitude != 0, magnitude < small || magnitude >= large {
            return decimal.scientific(minimumExponentDigits: 1)
        }
        return decimal.positional(keepsFraction: false)
    }

    /// As Python's `repr`: `1.0`, `1e+16`, `1e-05`, `inf`, `nan`.
    package static func python(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        let decimal = ShortestDecimal(number.description)
        let exponent = decimal.pointPosition - 1
        if number != 0, exponent < -4 || exponent >= 16 {
            return decimal.scientific(minimumExponentDigits: 2)
        }
        return decimal.positional(keepsFraction: true)
    }

    /// As Python's `json.dumps`, which writes `NaN`, `Infinity` and `-Infinity` although JSON has none.
    package static func pythonJSON(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return python(number)
    }
}

/// The digits of a number: `0.digits × 10^pointPosition`.
private struct ShortestDecimal {
    var isNegative = false
    /// No leading and no trailing zeros; empty for zero.
    var digits: [UInt8] = []
    var pointPosition = 0

    /// Reads what Swift prints for a finite number: its digits are the shortest ones already.
    init(_ description: String) {
        var fractionDigits = 0
        var isFraction = false
        var exponent = 0
        var rest = description.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"):
                exponent = Int(String(Substring(rest))) ?? 0
                rest = rest[rest.endIndex...]
            default:
                digits.append(byte)
                if isFraction { fractionDigits += 1 }
            }
        }
        pointPosition = digits.count - fractionDigits + exponent
        let leadingZeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leadingZeros)
        pointPosition -= leadingZeros
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty { pointPosition = 1 }
    }

    func positional(keepsFraction: Bool) -> String {
        let zero = UInt8(ascii: "0")
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        if pointPosition <= 0 {
            text.append(zero)
        } else {
            text += digits.prefix(pointPosition)
            text += repeatElement(zero, count: max(0, pointPosition - digits.count))
        }
        if digits.count > pointPosition {
            text.append(UInt8(ascii: "."))
            text += repeatElement(zero, count: max(0, -pointPosition))
            text += digits.dropFirst(max(0, pointPosition))
        } else if keepsFraction {
            text += ".0".utf8
        }
        return String(decoding: text, as: UTF8.self)
    }

    func scientific(minimumExponentDigits: Int) -> String {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        text += digits.prefix(1)
        if digits.count > 1 {
            text.append(UInt8(ascii: "."))
            text += digits.dropFirst()
        }
        let exponent = pointPosition - 1
        text += (exponent < 0 ? "e-" : "e+").utf8
        let exponentDigits = String(exponent.magnitude)
        text += repeatElement(UInt8(ascii: "0"), count: max(0, minimumExponentDigits - exponentDigits.utf8.count))
        text += exponentDigits.utf8
        return String(decoding: text, as: UTF8.self)
    }
}

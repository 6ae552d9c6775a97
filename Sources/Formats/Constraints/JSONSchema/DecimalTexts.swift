/// Languages of plain decimal texts, without exponents, by the values they have. However a value is written, with zeros
/// at the end or with a minus before a zero, it is in them, so that complements are exact.
enum DecimalTexts {
    static let digit = RegularLanguage.bytes(ByteSet(0x30...0x39))
    private static let digits = RegularLanguage.repetition(digit, atLeast: 0, atMost: nil)
    private static let zeros = RegularLanguage.repetition(.literal("0"), atLeast: 0, atMost: nil)
    private static let positiveDigit = RegularLanguage.bytes(ByteSet(0x31...0x39))
    private static let minus = RegularLanguage.literal("-")
    private static let anySign = RegularLanguage.choice([.empty, minus])
    private static let anyFraction = RegularLanguage.choice([.empty, .sequence([.literal("."), digit, digits])])
    private static let zeroFraction = RegularLanguage.choice([.empty, .sequence([.literal(".0"), zeros])])

    /// The digits of an integer, at most so many.
    static func integer(length: Int?) -> RegularLanguage {
        .choice([
            .literal("0"), .sequence([positiveDigit, .repetition(digit, atLeast: 0, atMost: length.map { $0 - 1 })]),
        ])
    }

    static let any = RegularLanguage.sequence([anySign, integer(length: nil), anyFraction])
    static let integers = RegularLanguage.sequence([anySign, integer(length: nil), zeroFraction])

    static func value(_ number: DecimalNumber) -> RegularLanguage {
        let whole = literal(number.integerDigits)
        let fraction = number.fractionDigits
        let rest = fraction.isEmpty ? zeroFraction : .sequence([.literal("."), literal(fraction), zeros])
        return .sequence([number.isZero ? anySign : number.isNegative ? minus : .empty, whole, rest])
    }

    static func atLeast(_ bound: NumberSet.Bound) -> RegularLanguage {
        let number = bound.number
        if number.isNegative { return .choice([unsigned, .sequence([minus, magnitude(atMost: bound)])]) }
        if number.isZero, !bound.isExclusive {
            return .choice([unsigned, .sequence([minus, .literal("0"), zeroFraction])])
        }
        return magnitude(atLeast: bound)
    }

    static func atMost(_ bound: NumberSet.Bound) -> RegularLanguage {
        let number = bound.number
        let negative = RegularLanguage.sequence([minus, unsigned])
        if number.isNegative { return .sequence([minus, magnitude(atLeast: bound)]) }
        if number.isZero, bound.isExclusive { return .sequence([minus, magnitude(atLeast: bound)]) }
        return .choice([negative, magnitude(atMost: bound)])
    }

    private static let unsigned = RegularLanguage.sequence([integer(length: nil), anyFraction])

    // MARK: Magnitudes

    private static func magnitude(atMost bound: NumberSet.Bound) -> RegularLanguage {
        let whole = bound.number.integerDigits
        let fraction = bound.number.fractionDigits
        var below = sameLength(whole) {
            $0 == 0 && whole.count > 1 ? 1 : 0
        } to: {
            Int(whole[$0]) - 1
        }
        if whole.count > 1 { below.append(integer(length: whole.count - 1)) }
        var fractions: [RegularLanguage] = []
        for index in fraction.indices {
            let start = literal(fraction[..<index])
            if fraction[index] > 0 {
                fractions.append(.sequence([start, range(0, Int(fraction[index]) - 1), digits]))
            }
            if index > 0 { fractions.append(start) }
        }
        if !bound.isExclusive {
            fractions.append(.sequence([fraction.isEmpty ? .literal("0") : literal(fraction), zeros]))
        }
        var equal: [RegularLanguage] = [.sequence([.literal("."), .choice(fractions)])]
        if !bound.isExclusive || !fraction.isEmpty { equal.append(.empty) }
        return .choice([.sequence([.choice(below), anyFraction]), .sequence([literal(whole), .choice(equal)])])
    }

    private static func magnitude(atLeast bound: NumberSet.Bound) -> RegularLanguage {
        let whole = bound.number.integerDigits
        let fraction = bound.number.fractionDigits
        var above = sameLength(whole) {
            Int(whole[$0]) + 1
        } to: { _ in
            9
        }
        above.append(.sequence([positiveDigit, .repetition(digit, atLeast: whole.count, atMost: nil)]))
        var fractions: [RegularLanguage] = []
        for index in fraction.indices where fraction[index] < 9 {
            fractions.append(.sequence([literal(fraction[..<index]), range(Int(fraction[index]) + 1, 9), digits]))
        }
        if bound.isExclusive {
            fractions.append(.sequence([literal(fraction), zeros, positiveDigit, digits]))
        } else {
            fractions.append(.sequence([literal(fraction), fraction.isEmpty ? digit : .empty, digits]))
        }
        var equal: [RegularLanguage] = [.sequence([.literal("."), .choice(fractions)])]
        if !bound.isExclusive, fraction.isEmpty { equal.append(.empty) }
        return .choice([.sequence([.choice(above), anyFraction]), .sequence([literal(whole), .choice(equal)])])
    }

    /// Integers of as many digits that differ first at one place, where they have a digit of a range.
    private static func sameLength(
        _ whole: [UInt8], from: (Int) -> Int, to: (Int) -> Int
    ) -> [RegularLanguage] {
        whole.indices.compactMap { index in
            guard from(index) <= to(index) else { return nil }
            let rest = whole.count - index - 1
            return .sequence([
                literal(whole[..<index]), range(from(index), to(index)),
                .repetition(digit, atLeast: rest, atMost: rest),
            ])
        }
    }

    private static func range(_ low: Int, _ high: Int) -> RegularLanguage {
        .bytes(ByteSet(UInt8(0x30 + low)...UInt8(0x30 + high)))
    }

    private static func literal(_ digits: some Sequence<UInt8>) -> RegularLanguage {
        .literal(digits.map { $0 + 0x30 })
    }

    // MARK: Multiples

    /// - Parameter divisor: an integer of `places` digits behind the point.
    static func multiples(of divisor: Int, places: Int) -> RegularLanguage {
        var choices: [RegularLanguage] = []
        var scale = 1
        for written in stride(from: places, through: 0, by: -1) {
            // With fewer digits behind the point the number is the written one times a power of ten.
            let needed = divisor / greatestCommonDivisor(divisor, scale)
            var parts = [integer(length: nil)]
            if written > 0 { parts += [.literal("."), .repetition(digit, atLeast: written, atMost: written)] }
            let exact = RegularLanguage.intersection([.sequence(parts), multiples(of: needed)])
            choices.append(written == places ? .sequence([exact, places > 0 ? zeros : zeroFraction]) : exact)
            scale = scale.multipliedReportingOverflow(by: 10).partialValue
        }
        return .sequence([anySign, .choice(choices)])
    }

    /// Zeros at a divisor's end are zeros at the end of its multiples, and need no remainders.
    private static func multiples(of divisor: Int) -> RegularLanguage {
        var rest = divisor
        var ending: [RegularLanguage] = []
        while rest % 10 == 0 {
            rest /= 10
            ending += [.literal("0"), .repetition(.literal("."), atLeast: 0, atMost: 1)]
        }
        guard !ending.isEmpty else { return .multiples(of: divisor) }
        let zero = RegularLanguage.repetition(.bytes(ByteSet(0x30...0x30, 0x2E...0x2E)), atLeast: 1, atMost: nil)
        return .choice([zero, .sequence([.multiples(of: rest)] + ending.reversed())])
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        var (first, second) = (first, second)
        while second != 0 { (first, second) = (second, first % second) }
        return first
    }
}

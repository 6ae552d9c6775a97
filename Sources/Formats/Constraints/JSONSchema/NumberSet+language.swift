extension NumberSet {
    private static let longestInteger = 16
    /// A number of 15 digits is another one than its neighbours also after it was rounded to binary.
    private static let exactDigits = 15

    /// How the numbers are written. Which numbers of many digits are written at all is limited: a model may go on with
    /// digits without end.
    var language: RegularLanguage {
        if let values { return .choice(values.map { .literal($0.text) }) }
        guard lower != nil || upper != nil || !divisors.isEmpty || !excluded.isEmpty else {
            return isInteger ? Self.anyInteger : Self.anyNumber
        }
        let isWhole = isInteger || divisors.contains { $0.places == 0 }
        let (whole, fraction) = lengths(isWhole: isWhole)
        var conditions = [form(whole: whole, fraction: fraction)]
        conditions += self.conditions
        return conditions.count == 1 ? conditions[0] : .intersection(conditions)
    }

    static let anyInteger = RegularLanguage.choice([
        .literal("0"),
        .sequence([
            .repetition(.literal("-"), atLeast: 0, atMost: 1), .bytes(ByteSet(0x31...0x39)),
            .repetition(DecimalTexts.digit, atLeast: 0, atMost: longestInteger - 1),
        ]),
    ])

    static let anyNumber = RegularLanguage.sequence([
        .repetition(.literal("-"), atLeast: 0, atMost: 1), DecimalTexts.integer(length: longestInteger),
        .repetition(
            .sequence([.literal("."), .repetition(DecimalTexts.digit, atLeast: 1, atMost: longestInteger)]),
            atLeast: 0, atMost: 1),
        .repetition(
            .sequence([
                .bytes(ByteSet(0x45...0x45, 0x65...0x65)),
                .repetition(.bytes(ByteSet(0x2B...0x2B, 0x2D...0x2D)), atLeast: 0, atMost: 1),
                .repetition(DecimalTexts.digit, atLeast: 1, atMost: 2),
            ]), atLeast: 0, atMost: 1),
    ])

    private func lengths(isWhole: Bool) -> (whole: Int, fraction: Int) {
        let bounds = [lower, upper].compactMap { $0 }
        let whole = bounds.map(\.number.integerLength).reduce(isWhole ? Self.longestInteger : Self.exactDigits, max)
        if isWhole { return (whole, 0) }
        var fraction = bounds.map(\.number.fractionLength).reduce(Self.exactDigits, max)
        if let places = divisors.map(\.places).max() { fraction = places }
        // A number beside an exclusive bound must not be rounded to the bound.
        for bound in bounds where bound.isExclusive && !bound.number.isZero {
            fraction = min(fraction, max(Self.exactDigits - bound.number.integerLength, 0))
        }
        return (whole, fraction)
    }

    private func form(whole: Int, fraction: Int) -> RegularLanguage {
        let canBeNegative = lower.map { $0.number.isNegative } ?? true
        var parts: [RegularLanguage] = []
        var integer = DecimalTexts.integer(length: whole)
        if canBeNegative, fraction == 0 {
            // No minus before a zero.
            integer = .choice([
                integer,
                .sequence([
                    .literal("-"), .bytes(ByteSet(0x31...0x39)),
                    .repetition(DecimalTexts.digit, atLeast: 0, atMost: whole - 1),
                ]),
            ])
        } else if canBeNegative {
            parts.append(.repetition(.literal("-"), atLeast: 0, atMost: 1))
        }
        parts.append(integer)
        if fraction > 0 {
            parts.append(
                .repetition(
                    .sequence([.literal("."), .repetition(DecimalTexts.digit, atLeast: 1, atMost: fraction)]),
                    atLeast: 0, atMost: 1))
        }
        return .sequence(parts)
    }

    /// Languages of plain decimals whose intersection has the members and no other numbers.
    private var conditions: [RegularLanguage] {
        var result: [RegularLanguage] = []
        if let lower { result.append(DecimalTexts.atLeast(lower)) }
        if let upper { result.append(DecimalTexts.atMost(upper)) }
        for divisor in divisors { result.append(DecimalTexts.multiples(of: divisor.scaled, places: divisor.places)) }
        for set in excluded {
            var conditions = set.conditions
            if set.isInteger { conditions.append(DecimalTexts.integers) }
            if let values = set.values { conditions.append(.choice(values.map(DecimalTexts.value))) }
            // Without conditions all numbers are excluded.
            result.append(conditions.isEmpty ? .nothing : .complement(.intersection(conditions)))
        }
        return result
    }
}

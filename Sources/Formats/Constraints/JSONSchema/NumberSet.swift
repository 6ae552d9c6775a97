/// Numbers that fulfil all of some conditions.
struct NumberSet: Hashable, Sendable {
    struct Bound: Hashable, Sendable {
        var number: DecimalNumber
        var isExclusive: Bool
    }

    struct Divisor: Hashable, Sendable {
        /// Times 10^places.
        var scaled: Int
        var places: Int
    }

    var isInteger = false
    var lower: Bound?
    var upper: Bound?
    var divisors: [Divisor] = []
    /// What it may be; nil where that is not listed.
    var values: [DecimalNumber]?
    var excluded: [NumberSet] = []

    static let any = NumberSet()

    /// It is what is listed, without more conditions.
    var isList: Bool { values != nil && self == NumberSet(isInteger: isInteger, values: values) }

    func intersection(_ other: NumberSet) -> NumberSet? {
        var result = self
        result.isInteger = isInteger || other.isInteger
        if let bound = other.lower { result.raise(to: bound) }
        if let bound = other.upper { result.lower(to: bound) }
        for divisor in other.divisors where !result.divisors.contains(divisor) { result.divisors.append(divisor) }
        for set in other.excluded where !result.excluded.contains(set) { result.excluded.append(set) }
        if let values = other.values {
            let wanted = Set(values)
            result.values = result.values?.filter(wanted.contains) ?? values
        }
        return result.narrowed()
    }

    /// Lists the values where they are few; nil where there are none.
    func narrowed() -> NumberSet? {
        var result = self
        if result.values == nil, !divisors.isEmpty || !excluded.isEmpty { result.values = fewMultiples() }
        if let values = result.values {
            let left = values.filter { meetsConditions($0) }
            return left.isEmpty ? nil : NumberSet(isInteger: left.allSatisfy(\.isInteger), values: left)
        }
        if let lower, let upper {
            if upper.number < lower.number { return nil }
            if upper.number == lower.number {
                guard !lower.isExclusive, !upper.isExclusive, meetsConditions(lower.number) else { return nil }
                return NumberSet(isInteger: lower.number.isInteger, values: [lower.number])
            }
        }
        return result
    }

    private mutating func raise(to bound: Bound) {
        guard let lower, bound.number < lower.number || bound.number == lower.number && !bound.isExclusive else {
            self.lower = bound
            return
        }
    }

    private mutating func lower(to bound: Bound) {
        guard let upper, upper.number < bound.number || bound.number == upper.number && !bound.isExclusive else {
            self.upper = bound
            return
        }
    }

    // MARK: Membership

    func contains(_ number: DecimalNumber) -> Bool {
        if let values, !values.contains(number) { return false }
        return meetsConditions(number)
    }

    private func meetsConditions(_ number: DecimalNumber) -> Bool {
        if isInteger, !number.isInteger { return false }
        if let lower, number < lower.number || number == lower.number && lower.isExclusive { return false }
        if let upper, upper.number < number || number == upper.number && upper.isExclusive { return false }
        for divisor in divisors {
            guard number.fractionLength <= divisor.places,
                number.remainder(scaledBy: divisor.places, dividedBy: divisor.scaled) == 0
            else { return false }
        }
        return !excluded.contains { $0.contains(number) }
    }

    /// Provably without a common member.
    func isDisjoint(from other: NumberSet) -> Bool {
        if let values { return !values.contains(where: other.contains) }
        if let values = other.values { return !values.contains(where: contains) }
        return intersection(other) == nil
    }

    private static let mostListed = 256

    /// All integers between the bounds that the divisors leave, where they are few.
    private func fewMultiples() -> [DecimalNumber]? {
        let isWhole = isInteger || divisors.contains { $0.places == 0 }
        guard isWhole, let low = lower?.number, let high = upper?.number, let first = Self.floor(low),
            let last = Self.floor(high)
        else { return nil }
        let step = divisors.filter { $0.places == 0 }.map(\.scaled).max() ?? 1
        let (distance, overflow) = last.subtractingReportingOverflow(first)
        guard !overflow, distance >= 0, distance / step <= Self.mostListed else { return nil }
        // The first multiple that is not below the bound, counted from below so that nothing overflows.
        let remainder = ((first % step) + step) % step
        let start = remainder == 0 ? first : first.addingReportingOverflow(step - remainder).partialValue
        guard start >= first else { return nil }
        return stride(from: start, through: last, by: step).map { DecimalNumber($0) }
    }

    /// The integer part towards minus infinity, as far as it is one of moderate size.
    private static func floor(_ number: DecimalNumber) -> Int? {
        guard number.integerLength <= 17 else { return nil }
        let whole = number.integerDigits.reduce(0) { $0 * 10 + Int($1) }
        guard number.isNegative else { return whole }
        return number.isInteger ? -whole : -whole - 1
    }
}

/// A regular language over bytes, as it is written down; intersections and complements are part of it.
package indirect enum RegularLanguage: Hashable, Sendable {
    /// No text at all.
    case nothing
    case bytes(ByteSet)
    /// This text only; the empty text where it has no bytes.
    case literal([UInt8])
    /// One Unicode scalar of these, in UTF-8.
    case scalars(ScalarSet)
    case sequence([RegularLanguage])
    /// Nothing where it has no choices.
    case choice([RegularLanguage])
    /// - atMost: nil where there is no limit.
    case repetition(RegularLanguage, atLeast: Int, atMost: Int?)
    /// All bytes strings where it has no parts.
    case intersection([RegularLanguage])
    /// All byte strings but these.
    case complement(RegularLanguage)
    /// Decimal digits whose number this one, which is positive, divides; the empty text is zero. Points among the digits
    /// count for nothing.
    case multiples(of: Int)

    package static let empty = literal([])

    package static func literal(_ text: String) -> RegularLanguage { literal(Array(text.utf8)) }
}

/// A set of Unicode scalars.
package struct ScalarSet: Hashable, Sendable {
    /// Ascending, with gaps between them; surrogates are in none.
    package private(set) var ranges: [ClosedRange<UInt32>]

    /// - Parameter ranges: in any order; they may overlap, and hold surrogates, which are left out.
    package init(_ ranges: [ClosedRange<UInt32>]) {
        let allowed: [ClosedRange<UInt32>] = [0...0xD7FF, 0xE000...0x10FFFF]
        let cut = ranges.flatMap { range in allowed.filter(range.overlaps).map(range.clamped) }
        self.ranges = []
        for range in cut.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    private init(ascending ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    package static let all = ScalarSet([0...0x10FFFF])

    package var complement: ScalarSet { ScalarSet.all.subtracting(self) }

    package func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    package func intersection(_ other: ScalarSet) -> ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var (index, otherIndex) = (0, 0)
        while index < ranges.count, otherIndex < other.ranges.count {
            let (range, second) = (ranges[index], other.ranges[otherIndex])
            if range.overlaps(second) { result.append(range.clamped(to: second)) }
            if range.upperBound < second.upperBound { index += 1 } else { otherIndex += 1 }
        }
        return ScalarSet(ascending: result)
    }

    package func subtracting(_ other: ScalarSet) -> ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in other.ranges {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return intersection(ScalarSet(ascending: gaps))
    }

    package func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }
}

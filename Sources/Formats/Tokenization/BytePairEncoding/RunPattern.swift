/// A run of scalars of one set, such as ` ?\p{L}+` or `[0-9]{3}`.
struct RunPattern: Sendable {
    var set: ScalarSet
    /// At least so many.
    var atLeast = 1
    var atMost = Int.max
    /// One of these may go before.
    var prefix: ScalarSet?

    /// The end of the match that starts at `start`, or `start` if there is none. Nothing from `end` on is looked at.
    func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        if let prefix, start < end, prefix.contains(text, start) {
            let runEnd = runEnd(in: text, from: start + 1, to: end)
            if runEnd > start + 1 { return runEnd }
        }
        return runEnd(in: text, from: start, to: end)
    }

    private func runEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end, position - start < atMost, set.contains(text, position) { position += 1 }
        return position - start >= atLeast ? position : start
    }
}

/// Scalars by their classes and by their numbers.
struct ScalarSet: Sendable {
    private let classes: ScalarClasses
    /// Ascending and apart.
    private let scalars: [ClosedRange<UInt32>]
    private let isInverted: Bool

    /// - Parameter listed: scalars and, with a `-` between two of them, ranges of scalars, as in an expression's brackets.
    init(
        _ listed: String = "", ranges: [ClosedRange<UInt32>] = [], classes: ScalarClasses = [], isInverted: Bool = false
    ) {
        self.classes = classes
        self.isInverted = isInverted
        var ranges = ranges
        var rest = listed.unicodeScalars.map(\.value)[...]
        while let first = rest.popFirst() {
            guard rest.first == 0x2D, rest.count > 1 else {
                ranges.append(first...first)
                continue
            }
            rest.removeFirst()
            let last = rest.removeFirst()
            ranges.append(min(first, last)...max(first, last))
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        scalars = ranges.reduce(into: []) { result, range in
            guard let last = result.last, range.lowerBound <= last.upperBound else { return result.append(range) }
            result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        }
    }

    func contains(_ text: ScalarText, _ index: Int) -> Bool {
        (!classes.isDisjoint(with: text.classes[index]) || lists(text, index)) != isInverted
    }

    /// Whether the scalar is listed by its number. As in llama.cpp, white space beyond ASCII never is.
    private func lists(_ text: ScalarText, _ index: Int) -> Bool {
        let scalar = text.scalars[index]
        guard scalar < 0x80 || text.classes[index] != .whiteSpace else { return false }
        var low = 0
        var high = scalars.count
        while low < high {
            let middle = (low + high) / 2
            if scalars[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < scalars.count && scalars[low].lowerBound <= scalar
    }
}

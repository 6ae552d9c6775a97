/// `[start:stop:step]` with Python's rules for negative and missing bounds.
struct JinjaSlicing {
    private let start: Int?
    private let stop: Int?
    private let step: Int

    init(start: Int?, stop: Int?, step: Int?) throws(TemplateError) {
        guard step != 0 else { throw TemplateError(.evaluation, "slice step cannot be zero") }
        self.start = start
        self.stop = stop
        self.step = step ?? 1
    }

    func apply<Element>(to elements: [Element]) -> [Element] {
        let (start, stop) = bounds(count: elements.count)
        if step == 1 { return start < stop ? Array(elements[start..<stop]) : [] }
        return stride(from: start, to: stop, by: step).map { elements[$0] }
    }

    func apply(to text: MarkedText, _ renderer: JinjaRenderer) throws(TemplateError) -> MarkedText {
        if start == nil, stop == nil, step == 1 { return text }
        let scalars = text.unicodeScalars
        try renderer.charge(remaking: text)
        guard step == 1 else {
            try renderer.charge(bytes: scalars.count * MemoryLayout<Unicode.Scalar>.stride * 2)
            return text.remade(as: String(scalars: apply(to: Array(scalars))))
        }
        let (start, stop) = bounds(count: scalars.count)
        guard start < stop else { return "" }
        let first = scalars.index(scalars.startIndex, offsetBy: start)
        let end = scalars.index(first, offsetBy: stop - start)
        return text.slice(first..<end)
    }

    func apply(to range: JinjaRange) -> JinjaRange {
        let (start, stop) = bounds(count: range.count)
        /// Bounds beyond 64 bits end the range where the nearest number does.
        func bound(_ offset: Int) -> Int {
            let (distance, isFar) = offset.multipliedReportingOverflow(by: range.step)
            let (bound, isBeyond) = range.start.addingReportingOverflow(distance)
            return isFar || isBeyond ? ((offset < 0) == (range.step < 0) ? .max : .min) : bound
        }
        let (scaled, overflow) = range.step.multipliedReportingOverflow(by: step)
        let largest = (range.step < 0) == (step < 0) ? Int.max : Int.min
        return JinjaRange(start: bound(start), stop: bound(stop), step: overflow ? largest : scaled)
    }

    /// The bounds within a sequence of `count` elements.
    private func bounds(count: Int) -> (start: Int, stop: Int) {
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func clamp(_ bound: Int) -> Int {
            if bound >= 0 { return min(bound, highest) }
            return bound < -count ? lowest : max(bound + count, lowest)
        }
        return (
            start.map(clamp) ?? (step > 0 ? lowest : highest), stop.map(clamp) ?? (step > 0 ? highest : lowest)
        )
    }

    /// The offset that an index means, counted from the end where it is negative; nil out of bounds.
    static func offset(_ index: Int, count: Int) -> Int? {
        let offset = index < 0 ? index.addingReportingOverflow(count).partialValue : index
        return (0..<count).contains(offset) ? offset : nil
    }
}

extension Array {
    /// The element that Python's index means.
    subscript(python index: Int) -> Element? {
        JinjaSlicing.offset(index, count: count).map { self[$0] }
    }
}

extension MarkedText {
    /// The part between two places of the text.
    func slice(_ range: Range<String.Index>) -> MarkedText {
        let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        return slice(start..<start + text.utf8.distance(from: range.lowerBound, to: range.upperBound))
    }

    /// Each code point as a text.
    var codePoints: [MarkedText] {
        var start = 0
        return text.unicodeScalars.map { scalar in
            let end = start + UTF8.width(scalar)
            defer { start = end }
            return slice(start..<end)
        }
    }

    /// The code point that Python's index means.
    func codePoint(at index: Int) -> MarkedText? {
        let scalars = unicodeScalars
        let position =
            index >= 0
            ? scalars.index(scalars.startIndex, offsetBy: index, limitedBy: scalars.endIndex)
            : scalars.index(scalars.endIndex, offsetBy: index, limitedBy: scalars.startIndex)
        guard let position, position < scalars.endIndex else { return nil }
        return slice(position..<scalars.index(after: position))
    }
}

/// A text that knows which of its bytes are contents: written by whoever talks to the model, not by the template. What is
/// special to a model, such as the end of a turn, is so only where the template wrote it.
///
/// Where an operation cannot tell the bytes of its result apart, all of them are contents if any was.
package struct MarkedText: Hashable, Sendable {
    private enum Marks: Hashable, Sendable {
        case none
        case all
        /// Ranges of UTF-8 offsets, ascending and apart; neither none nor all of a text.
        case some([Range<Int>])
    }

    package private(set) var text: String
    private var marks: Marks

    /// - Parameter isContent: false for what a template says by itself.
    package init(_ text: String, isContent: Bool) {
        self.text = text
        marks = isContent && !text.isEmpty ? .all : .none
    }

    /// - Parameter contents: ranges of UTF-8 offsets, ascending and apart.
    private init(_ text: String, contents: [Range<Int>]) {
        self.text = text
        if contents.isEmpty {
            marks = .none
        } else {
            marks = contents[0] == 0..<text.utf8.count ? .all : .some(contents)
        }
    }

    /// What the template says by itself.
    package static func literal(_ text: String) -> MarkedText { MarkedText(text, isContent: false) }
    package static func content(_ text: String) -> MarkedText { MarkedText(text, isContent: true) }

    // MARK: Reading

    /// The bytes that are contents, as ranges of UTF-8 offsets, ascending and apart.
    package var contents: [Range<Int>] {
        switch marks {
        case .none: []
        case .all: [0..<text.utf8.count]
        case .some(let ranges): ranges
        }
    }

    package var holdsContent: Bool { marks != .none }
    package var isEmpty: Bool { text.isEmpty }
    package var utf8: String.UTF8View { text.utf8 }
    var unicodeScalars: String.UnicodeScalarView { text.unicodeScalars }

    /// About how much memory a copy takes.
    var byteCount: Int {
        guard case .some(let ranges) = marks else { return text.utf8.count }
        return text.utf8.count + ranges.count * MemoryLayout<Range<Int>>.stride
    }

    // MARK: Making others

    package static func + (left: MarkedText, right: MarkedText) -> MarkedText {
        var sum = left
        sum.append(right)
        return sum
    }

    package mutating func append(_ other: MarkedText) {
        let start = text.utf8.count
        text += other.text
        switch (marks, other.marks) {
        case (.none, .none), (.all, .all): return
        case (.none, .all) where start == 0: marks = .all
        case (.all, .none) where other.isEmpty: return
        default:
            var ranges = takeContents(count: start)
            for range in other.contents { ranges.appendJoining(range.moved(by: start)) }
            marks = ranges.first == 0..<text.utf8.count ? .all : ranges.isEmpty ? .none : .some(ranges)
        }
    }

    /// The ranges, left to the caller alone so that they can grow in place.
    private mutating func takeContents(count: Int) -> [Range<Int>] {
        defer { marks = .none }
        return if case .all = marks { [0..<count] } else { contents }
    }

    /// - Parameter range: UTF-8 offsets that lie between code points.
    package func slice(_ range: Range<Int>) -> MarkedText {
        guard range != 0..<text.utf8.count else { return self }
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        let end = text.utf8.index(start, offsetBy: range.count)
        let part = String(text[start..<end])
        guard case .some(let ranges) = marks else { return MarkedText(part, isContent: holdsContent) }
        var first = 0
        var beyond = ranges.count
        while first < beyond {
            let middle = (first + beyond) / 2
            if ranges[middle].upperBound <= range.lowerBound { first = middle + 1 } else { beyond = middle }
        }
        let within = ranges[first...].prefix { $0.lowerBound < range.upperBound }.map {
            $0.clamped(to: range).moved(by: -range.lowerBound)
        }
        return MarkedText(part, contents: within)
    }

    func repeated(_ count: Int) -> MarkedText {
        let all = String.repeated(text, count)
        guard case .some(let ranges) = marks else { return MarkedText(all, isContent: holdsContent) }
        var contents: [Range<Int>] = []
        contents.reserveCapacity(ranges.count * count)
        for index in 0..<count {
            for range in ranges { contents.appendJoining(range.moved(by: index * text.utf8.count)) }
        }
        return MarkedText(all, contents: contents)
    }

    /// A text that was made of all of this one, in some way.
    func remade(as text: String) -> MarkedText { MarkedText(text, isContent: holdsContent) }

    /// With each stretch of one kind transformed by itself: exact for what happens to characters one by one.
    func mapping(_ transform: (String) -> String) -> MarkedText {
        guard case .some(let ranges) = marks else { return remade(as: transform(text)) }
        var result = MarkedText.literal("")
        var start = 0
        for range in ranges {
            result.append(.literal(transform(slice(start..<range.lowerBound).text)))
            result.append(.content(transform(slice(range).text)))
            start = range.upperBound
        }
        result.append(.literal(transform(slice(start..<text.utf8.count).text)))
        return result
    }
}

extension MarkedText: ExpressibleByStringLiteral {
    /// A literal is what the template says.
    package init(stringLiteral value: String) { self = .literal(value) }
}

extension Range<Int> {
    fileprivate func moved(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

extension [Range<Int>] {
    /// Appends a range behind the others, or makes the last one longer where they touch.
    fileprivate mutating func appendJoining(_ range: Range<Int>) {
        if let last, last.upperBound == range.lowerBound {
            self[count - 1] = last.lowerBound..<range.upperBound
        } else {
            append(range)
        }
    }
}

/// Finds a text in others, byte by byte, in time proportional to their length.
package struct SubstringSearch {
    private let pattern: [UInt8]
    /// For each prefix of the pattern, the length of the longest proper prefix that ends it too.
    private let borders: [Int]

    /// How many bytes a search takes for one of its pattern.
    static let patternBytes = 9

    package init(_ pattern: String) {
        self.init(Array(pattern.utf8))
    }

    /// For a text whose bytes are in reverse.
    init(reversing pattern: String) {
        self.init(Array(pattern.utf8.reversed()))
    }

    private init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var borders = [Int](repeating: 0, count: self.pattern.count)
        var length = 0
        for index in self.pattern.indices.dropFirst() {
            while length > 0, self.pattern[index] != self.pattern[length] { length = borders[length - 1] }
            if self.pattern[index] == self.pattern[length] { length += 1 }
            borders[index] = length
        }
        self.borders = borders
    }

    /// The byte offset of the first occurrence.
    func firstOffset(in text: String) -> Int? {
        var text = text
        return text.withUTF8 { utf8 in
            var first: Int?
            forEachOffset(in: utf8, limit: 1) { first = $0 }
            return first
        }
    }

    func count(in text: String, limit: Int = .max) -> Int {
        var text = text
        return text.withUTF8 { utf8 in
            var count = 0
            forEachOffset(in: utf8, limit: limit) { _ in count += 1 }
            return count
        }
    }

    /// The byte offsets of the first `limit` occurrences that do not overlap.
    package func offsets(in text: UnsafeBufferPointer<UInt8>, limit: Int = .max) -> [Int] {
        var offsets: [Int] = []
        forEachOffset(in: text, limit: limit) { offsets.append($0) }
        return offsets
    }

    /// Gives the byte offsets of the first `limit` occurrences that do not overlap. An empty pattern occurs nowhere but
    /// at the start.
    func forEachOffset(in text: UnsafeBufferPointer<UInt8>, limit: Int = .max, _ body: (Int) -> Void) {
        guard !pattern.isEmpty else { return body(0) }
        var found = 0
        var length = 0
        for index in text.indices {
            guard found < limit else { return }
            while length > 0, text[index] != pattern[length] { length = borders[length - 1] }
            if text[index] == pattern[length] { length += 1 }
            if length == pattern.count {
                body(index + 1 - length)
                found += 1
                length = 0
            }
        }
    }
}

extension JinjaRenderer {
    /// A search for the part in the text, once both are paid for.
    func search(for part: String, in text: String) throws(TemplateError) -> SubstringSearch {
        try chargeSearch(for: part, in: text)
        return SubstringSearch(part)
    }

    func chargeSearch(for part: String, in text: String) throws(TemplateError) {
        try charge(steps: (text.utf8.count + part.utf8.count) / 16)
        try charge(bytes: part.utf8.count * SubstringSearch.patternBytes)
    }
}

/// Finds a text in others, byte by byte, in time proportional to their length.
package struct SubstringSearch {
    private let pattern: [UInt8]
    /// For each prefix of the pattern, the length of the longest proper prefix that ends it too.
    private let borders: [Int]

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
        return text.withUTF8 { offsets(in: $0, limit: 1).first }
    }

    /// The byte offsets of the first `limit` occurrences that do not overlap. An empty pattern occurs nowhere but
    /// at the start.
    package func offsets(in text: UnsafeBufferPointer<UInt8>, limit: Int = .max) -> [Int] {
        guard !pattern.isEmpty else { return [0] }
        guard limit > 0 else { return [] }
        var offsets: [Int] = []
        var length = 0
        for index in text.indices {
            while length > 0, text[index] != pattern[length] { length = borders[length - 1] }
            if text[index] == pattern[length] { length += 1 }
            if length == pattern.count {
                offsets.append(index + 1 - length)
                guard offsets.count < limit else { break }
                length = 0
            }
        }
        return offsets
    }
}

/// Finds the first of some texts in a stream that arrives in pieces. Works on UTF-8: a match never starts or ends inside
/// of a character.
///
/// The time for a byte grows with the logarithm of the number of texts: stop strings may be a hundred thousand.
struct TagScanner: Sendable {
    /// Sorted, so that those with a common beginning lie together; each once.
    private let tags: [[UInt8]]

    /// Empty tags are left out.
    init(_ tags: [String]) {
        let sorted = tags.map { Array($0.utf8) }.filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) }
        self.tags = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
    }

    /// The match that is complete first, so that the way in which the text is cut makes no difference; of several the
    /// longest.
    func firstMatch(in bytes: [UInt8]) -> Range<Int>? {
        var first: Range<Int>?
        for start in bytes.indices {
            let end = first?.upperBound ?? bytes.count + 1
            guard start < end else { break }
            var candidates = tags[...]
            for position in start..<min(end, bytes.count) {
                candidates = Self.narrowed(candidates, to: bytes[position], at: position - start)
                guard let shortest = candidates.first else { break }
                guard shortest.count > position - start + 1 else {
                    if position + 1 < end { first = start..<(position + 1) }
                    break
                }
            }
        }
        return first
    }

    /// How many of the last bytes may be the beginning of a tag.
    func partialMatchLength(in bytes: [UInt8]) -> Int {
        for start in bytes.indices {
            var candidates = tags[...]
            for position in start..<bytes.count {
                candidates = Self.narrowed(candidates, to: bytes[position], at: position - start)
                // A tag that ends here has no more bytes to come.
                if candidates.first?.count == position - start + 1 { candidates = candidates.dropFirst() }
                if candidates.isEmpty { break }
            }
            if !candidates.isEmpty { return bytes.count - start }
        }
        return 0
    }

    /// Those of some tags that agree up to `depth`, and are longer, that have `byte` there.
    private static func narrowed(_ tags: ArraySlice<[UInt8]>, to byte: UInt8, at depth: Int) -> ArraySlice<[UInt8]> {
        let start = tags.partition { $0[depth] >= byte }
        let rest = tags[start...]
        return rest[..<rest.partition { $0[depth] > byte }]
    }
}

extension ArraySlice {
    /// The first index from which on all elements are meant, found by halving.
    fileprivate func partition(where isMeant: (Element) -> Bool) -> Index {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isMeant(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension UInt8 {
    var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension Collection<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    /// What stands behind the last of a mark's places; nil where it does not occur.
    func lastPart(after mark: String) -> String? {
        var rest = Array(utf8)
        let scanner = TagScanner([mark])
        var found = false
        while let match = scanner.firstMatch(in: rest) {
            rest.removeFirst(match.upperBound)
            found = true
        }
        return found ? rest.text : nil
    }
}

/// Finds the first of some texts in a stream that arrives in pieces. Works on UTF-8: a match never starts or ends inside
/// of a character.
struct TagScanner: Sendable {
    private let tags: [[UInt8]]

    /// Empty tags are left out.
    init(_ tags: [String]) {
        self.tags = tags.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    /// The match that is complete first, so that the way in which the text is cut makes no difference; of several the
    /// longest.
    func firstMatch(in bytes: [UInt8]) -> Range<Int>? {
        let starts = tags.compactMap { tag in Self.firstIndex(of: tag, in: bytes).map { $0..<($0 + tag.count) } }
        return starts.min { ($0.upperBound, $0.lowerBound) < ($1.upperBound, $1.lowerBound) }
    }

    /// How many of the last bytes may be the beginning of a tag.
    func partialMatchLength(in bytes: [UInt8]) -> Int {
        tags.map { tag in
            let longest = min(tag.count - 1, bytes.count)
            return (0...longest).reversed().first { bytes.suffix($0).elementsEqual(tag.prefix($0)) } ?? 0
        }.max() ?? 0
    }

    private static func firstIndex(of tag: [UInt8], in bytes: [UInt8]) -> Int? {
        guard tag.count <= bytes.count else { return nil }
        return (0...(bytes.count - tag.count)).first { start in
            bytes[start] == tag[0] && bytes[start..<(start + tag.count)].elementsEqual(tag)
        }
    }
}

extension UInt8 {
    var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension Collection<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }
}

import Tensors

/// Finds special tokens in a text, and says what stands before and behind it. Where two tokens overlap the longer one wins,
/// wherever it begins.
struct SpecialTokenSplitter: Sendable {
    /// A part of a text: to be tokenized, or a token found as a whole.
    private enum Fragment {
        case text(Range<Int>)
        case token(TokenID)
    }

    private struct Special {
        let token: TokenID
        let text: [UInt8]
        /// Control tokens are found only when asked for, user-defined ones always.
        let needsParsing: Bool
        let trimsBefore: Bool
        let trimsAfter: Bool
    }

    /// The longest first.
    private let specials: [Special]
    private let trie: ByteTrie
    private let beginning: TokenID?
    private let end: TokenID?

    /// A splitter that adds beginning and end of text where the vocabulary asks for them.
    init(_ vocabulary: Vocabulary) {
        self.init(
            vocabulary, beginning: vocabulary.addsBeginning ? vocabulary.roles.beginningOfText : nil,
            end: vocabulary.addsEnd ? vocabulary.roles.endOfText : nil)
    }

    /// - Parameters:
    ///   - beginning: goes before a text whose boundaries are to be added.
    ///   - end: goes behind it.
    init(_ vocabulary: Vocabulary, beginning: TokenID?, end: TokenID?) {
        self.beginning = beginning
        self.end = end
        var specials: [Special] = []
        for token in 0..<TokenID(vocabulary.count) where vocabulary.kind(of: token).isSpecial {
            specials.append(
                Special(
                    token: token, text: Array(vocabulary.text(of: token)),
                    needsParsing: vocabulary.kind(of: token) != .userDefined,
                    trimsBefore: vocabulary.trimsBefore.contains(token),
                    trimsAfter: vocabulary.trimsAfter.contains(token)))
        }
        specials.sort { ($1.text.count, $0.token) < ($0.text.count, $1.token) }
        var trie = ByteTrie()
        for (index, special) in specials.enumerated() { trie.insert(special.text, value: Int32(index)) }
        self.specials = specials
        self.trie = trie
    }

    /// The tokens of `text`: boundaries where asked for, special tokens as they are found, and between them what `encode`
    /// appends for a run of text. It is told whether the run is the first or follows a special token.
    func tokens(
        of text: UnsafeRawBufferPointer, _ wanted: SpecialTokens,
        encode: (_ run: UnsafeRawBufferPointer, _ followsToken: Bool, _ tokens: inout [TokenID]) -> Void
    ) -> [TokenID] {
        var tokens: [TokenID] = []
        if wanted.addBoundaries, let beginning { tokens.append(beginning) }
        var followsToken = true
        for fragment in split(text, wanted) {
            switch fragment {
            case .token(let token):
                tokens.append(token)
                followsToken = true
            case .text(let range):
                encode(UnsafeRawBufferPointer(rebasing: text[range]), followsToken, &tokens)
                followsToken = false
            }
        }
        if wanted.addBoundaries, let end { tokens.append(end) }
        return tokens
    }

    /// The parts of `text` in order; together they cover it but for the white space that tokens swallow.
    private func split(_ text: UnsafeRawBufferPointer, _ wanted: SpecialTokens) -> [Fragment] {
        guard !text.isEmpty else { return [] }
        var fragments: [Fragment] = [.text(0..<text.count)]
        for index in candidates(in: text, wanted) {
            fragments = split(fragments, of: text, at: specials[index], wanted)
        }
        return fragments
    }

    /// Whether the token may stand for its text in this range. Of a text that a user wrote no byte is part of a control
    /// token.
    private func isFound(_ special: Special, at range: Range<Int>, _ wanted: SpecialTokens) -> Bool {
        guard special.needsParsing else { return true }
        return wanted.parse && !wanted.contents.overlap(range)
    }

    /// The special tokens that occur in `text`, the longest first: one look at the text instead of one for each of
    /// thousands of tokens.
    private func candidates(in text: UnsafeRawBufferPointer, _ wanted: SpecialTokens) -> [Int] {
        var found: Set<Int32> = []
        for start in 0..<text.count where trie.isFirst(text[start]) {
            trie.forEachMatch(in: text, from: start) { length, index in
                if isFound(specials[Int(index)], at: start..<start + length, wanted) { found.insert(index) }
            }
        }
        return found.sorted().map(Int.init)
    }

    private func split(
        _ fragments: [Fragment], of text: UnsafeRawBufferPointer, at special: Special, _ wanted: SpecialTokens
    ) -> [Fragment] {
        var result: [Fragment] = []
        result.reserveCapacity(fragments.count)
        for fragment in fragments {
            guard case .text(var rest) = fragment else {
                result.append(fragment)
                continue
            }
            var next = rest
            while let match = text.firstRange(of: special.text, in: next) {
                guard isFound(special, at: match, wanted) else {
                    next = (match.lowerBound + 1)..<next.upperBound
                    continue
                }
                var before = rest.lowerBound..<match.lowerBound
                if special.trimsBefore {
                    while let last = before.last, text[last].isWhitespace { before.removeLast() }
                }
                if !before.isEmpty { result.append(.text(before)) }
                result.append(.token(special.token))
                rest = match.upperBound..<rest.upperBound
                if special.trimsAfter {
                    while let first = rest.first, text[first].isWhitespace { rest.removeFirst() }
                }
                next = rest
            }
            if !rest.isEmpty { result.append(.text(rest)) }
        }
        return result
    }
}

extension [Range<Int>] {
    /// Whether one of the ranges, which are ascending and apart, has bytes of this one.
    fileprivate func overlap(_ range: Range<Int>) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].lowerBound < range.upperBound
    }
}

extension Range<Int> {
    fileprivate mutating func removeFirst() { self = (lowerBound + 1)..<upperBound }
    fileprivate mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}

extension UInt8 {
    /// White space in C's sense.
    fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension UnsafeRawBufferPointer {
    /// The first place of `needle` within `range`.
    fileprivate func firstRange(of needle: [UInt8], in range: Range<Int>) -> Range<Int>? {
        guard let first = needle.first, range.count >= needle.count else { return nil }
        var start = range.lowerBound
        let last = range.upperBound - needle.count
        search: while start <= last {
            defer { start += 1 }
            guard self[start] == first else { continue }
            for offset in needle.indices.dropFirst() where self[start + offset] != needle[offset] { continue search }
            return start..<start + needle.count
        }
        return nil
    }
}

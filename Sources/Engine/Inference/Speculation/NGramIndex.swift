package import Tensors

/// Finds what followed the last tokens of a text when they stood in it before: in quotations, code and repetition it often
/// follows again.
///
/// Each token is entered once, in constant time. The text is cut to its last half where it outgrows `capacity`.
package struct NGramIndex: Sendable {
    /// What followed the latest, longest match.
    package struct Match: Hashable, Sendable {
        /// Tokens before it that are the same as the last of the text, at least `NGramIndex.order`.
        package var length: Int
        package var continuation: [TokenID]

        package init(length: Int, continuation: [TokenID]) {
            self.length = length
            self.continuation = continuation
        }
    }

    /// Tokens that must be the same for a match.
    package static let order = 3
    /// Matches longer than this are as good as one another.
    private static let longestMatch = 32
    /// Earlier places that are compared.
    private static let candidates = 8
    private static let none: Int32 = -1

    private let capacity: Int
    private var text: [TokenID] = []
    /// The position after the latest occurrence of three tokens.
    private var latest: [UInt64: Int32] = [:]
    /// By position: the one before it with the same three tokens before it.
    private var earlier: [Int32] = []

    package init(_ text: [TokenID] = [], capacity: Int = 1 << 17) {
        self.capacity = min(max(capacity, 64), 1 << 30)
        for token in text.suffix(self.capacity) { append(token) }
    }

    package var count: Int { text.count }

    package mutating func append(_ token: TokenID) {
        if text.count >= capacity {
            self = NGramIndex(text.suffix(capacity / 2), of: capacity)
        }
        let position = text.count
        var before = Self.none
        if let key = key(endingAt: position) {
            before = latest.updateValue(Int32(position), forKey: key) ?? Self.none
        }
        earlier.append(before)
        text.append(token)
    }

    /// What followed the last tokens at the longest of their latest occurrences, up to `limit` tokens. Where the text ends
    /// before that, it is taken to repeat.
    package func match(limit: Int) -> Match? {
        let end = text.count
        guard limit > 0, let key = key(endingAt: end), var position = latest[key] else { return nil }
        var best: (position: Int, length: Int)?
        for _ in 0..<Self.candidates where position != Self.none {
            let length = matchLength(before: Int(position))
            // Two texts may share a key: it keeps 21 bits of a token.
            if length >= Self.order, length > best?.length ?? 0 { best = (Int(position), length) }
            position = earlier[Int(position)]
        }
        return best.map { best in
            let period = end - best.position
            return Match(
                length: best.length, continuation: (0..<limit).map { text[best.position + $0 % period] })
        }
    }

    private init(_ text: ArraySlice<TokenID>, of capacity: Int) {
        self.capacity = capacity
        for token in text { append(token) }
    }

    /// Tokens before `position` that are the same as the last of the text.
    private func matchLength(before position: Int) -> Int {
        let longest = min(position, Self.longestMatch)
        var length = 0
        while length < longest, text[position - 1 - length] == text[text.count - 1 - length] { length += 1 }
        return length
    }

    private func key(endingAt end: Int) -> UInt64? {
        guard end >= Self.order else { return nil }
        return text[end - Self.order..<end].reduce(0) { $0 << 21 | UInt64(UInt32(bitPattern: $1)) & 0x1F_FFFF }
    }
}

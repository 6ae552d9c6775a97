package import Tensors

/// The tokens that may follow.
package struct TokenMask: Hashable, Sendable {
    /// Bit `t & 63` of word `t >> 6` stands for token `t`.
    private(set) var words: [UInt64]
    /// How many tokens are allowed.
    package let count: Int
    /// The one token that is allowed, where it is the only one.
    package let only: TokenID?

    init(words: [UInt64]) {
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
        only =
            count == 1
            ? words.firstIndex { $0 != 0 }.map { TokenID(64 * $0 + words[$0].trailingZeroBitCount) } : nil
    }

    package func contains(_ token: TokenID) -> Bool {
        guard token >= 0, Int(token) >> 6 < words.count else { return false }
        return words[Int(token) >> 6] >> UInt64(token & 63) & 1 == 1
    }

    /// Makes tokens that are not allowed impossible.
    package func apply(to logits: UnsafeMutableBufferPointer<Float>) {
        let refused = -Float.infinity
        for (index, word) in words.enumerated() where word != .max {
            let first = 64 * index
            guard first < logits.count else { return }
            let end = min(first + 64, logits.count)
            if word == 0 {
                logits[first..<end].update(repeating: refused)
                continue
            }
            for token in first..<end where word >> UInt64(token - first) & 1 == 0 { logits[token] = refused }
        }
        // Models may have more rows than tokens.
        if 64 * words.count < logits.count { logits[(64 * words.count)...].update(repeating: refused) }
    }
}

/// A set of bytes.
package struct ByteSet: Hashable, Sendable {
    /// Bit `b & 63` of word `b >> 6` stands for byte `b`.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    package init() {}

    package init(_ ranges: ClosedRange<UInt8>...) {
        for range in ranges { insert(range) }
    }

    package static let all = ByteSet(0...255)

    package mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    package mutating func insert(_ byte: UInt8) { self[word: byte >> 6] |= 1 << UInt64(byte & 63) }

    package func contains(_ byte: UInt8) -> Bool { self[word: byte >> 6] >> UInt64(byte & 63) & 1 == 1 }

    package var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    package var count: Int {
        words.0.nonzeroBitCount + words.1.nonzeroBitCount + words.2.nonzeroBitCount + words.3.nonzeroBitCount
    }

    package func union(_ other: ByteSet) -> ByteSet { combined(with: other) { $0 | $1 } }
    package func intersection(_ other: ByteSet) -> ByteSet { combined(with: other) { $0 & $1 } }
    package func subtracting(_ other: ByteSet) -> ByteSet { combined(with: other) { $0 & ~$1 } }
    package var complement: ByteSet { ByteSet.all.subtracting(self) }

    private func combined(with other: ByteSet, _ combine: (UInt64, UInt64) -> UInt64) -> ByteSet {
        var result = ByteSet()
        result.words = (
            combine(words.0, other.words.0), combine(words.1, other.words.1), combine(words.2, other.words.2),
            combine(words.3, other.words.3)
        )
        return result
    }

    private subscript(word index: UInt8) -> UInt64 {
        get {
            switch index {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        }
        set {
            switch index {
            case 0: words.0 = newValue
            case 1: words.1 = newValue
            case 2: words.2 = newValue
            default: words.3 = newValue
            }
        }
    }

    package static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

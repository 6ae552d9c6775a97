import GGUF
import Tensors

/// The merges of a vocabulary. Symbols are known by numbers: tokens by their own, pieces that are no tokens by numbers from
/// the vocabulary's size on.
struct MergeTable: MergeRules, Sendable {
    /// The symbol of each single byte.
    private(set) var byteSymbols: [Int32]
    private let vocabularySize: Int
    private var symbols: ByteStringTable
    /// A hash table with open addressing; the count is a power of two.
    private var slots: [Slot] = []

    private struct Slot {
        static let free = Slot(pair: .max, merge: .none)

        let pair: UInt64
        let merge: Merge
    }

    private static let seed = UInt64.random(in: .min ... .max) | 1

    private let isByteLevel: Bool

    /// - Parameter isByteLevel: the vocabulary writes a printable character for each byte.
    init(_ vocabulary: Vocabulary, merges: GGUFArray, isByteLevel: Bool) throws(GGUFError) {
        self.isByteLevel = isByteLevel
        vocabularySize = vocabulary.count
        symbols = ByteStringTable(minimumCapacity: vocabulary.count)
        byteSymbols = []
        var decoded: [UInt8] = []
        for token in 0..<TokenID(vocabulary.count) {
            decoded.removeAll(keepingCapacity: true)
            guard decode(vocabulary.text(of: token), into: &decoded) else { continue }
            decoded.withUnsafeBytes { symbols.insert($0, value: token) }
        }
        var next = Int32(clamping: vocabulary.count)
        for byte in UInt8.min ... .max { byteSymbols.append(symbol([byte], next: &next)) }
        try readMerges(merges, next: &next)
    }

    /// The token of each byte that stands for itself in a byte-level vocabulary.
    var printableByteTokens: [TokenID?] {
        byteSymbols.enumerated().map { (0x21...0x7E).contains($0.offset) && isToken($0.element) ? $0.element : nil }
    }

    /// The token whose bytes are `word`.
    func token(withBytes word: UnsafeRawBufferPointer) -> TokenID? {
        symbol(withBytes: word).flatMap { isToken($0) ? $0 : nil }
    }

    /// The symbol whose bytes are `piece`.
    func symbol(withBytes piece: UnsafeRawBufferPointer) -> Int32? { symbols.find(piece) }

    func isToken(_ symbol: Int32) -> Bool { symbol >= 0 && Int(symbol) < vocabularySize }

    func merge(_ left: MergeSymbol, _ right: MergeSymbol, in text: UnsafeRawBufferPointer) -> Merge {
        slots[index(of: Self.pair(left.id, right.id))].merge
    }

    private mutating func readMerges(_ merges: GGUFArray, next: inout Int32) throws(GGUFError) {
        var size = 16
        while size < merges.count * 3 / 2 { size *= 2 }
        slots = Array(repeating: .free, count: size)
        var rank: UInt32 = 0
        var left: [UInt8] = []
        var right: [UInt8] = []
        try merges.visitStrings { text in
            defer { rank += 1 }
            guard let space = text.dropFirst().firstIndex(of: UInt8(ascii: " ")) else { return }
            left.removeAll(keepingCapacity: true)
            right.removeAll(keepingCapacity: true)
            guard decode(text[..<space], into: &left), decode(text[(space + 1)...], into: &right) else { return }
            let pair = Self.pair(symbol(left, next: &next), symbol(right, next: &next))
            let index = index(of: pair)
            guard slots[index].pair != pair else { return }
            left += right
            slots[index] = Slot(pair: pair, merge: Merge(priority: rank, id: symbol(left, next: &next)))
        }
    }

    /// Appends the bytes that a text of the vocabulary stands for.
    ///
    /// - Returns: whether it stands for any.
    private func decode(_ text: some Collection<UInt8>, into bytes: inout [UInt8]) -> Bool {
        guard !isByteLevel else { return ByteAlphabet.decode(text, into: &bytes) }
        bytes.append(contentsOf: text)
        return true
    }

    /// The number of the symbol `bytes`, a new one if need be.
    private mutating func symbol(_ bytes: [UInt8], next: inout Int32) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            if let known = symbols.find(bytes) { return known }
            defer { next += 1 }
            symbols.insert(bytes, value: next)
            return next
        }
    }

    /// The slot that holds `pair`, or the free one where it belongs.
    private func index(of pair: UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var index = Int(truncatingIfNeeded: (pair &* Self.seed) >> 32) & mask
            while slots[index].pair != pair, slots[index].pair != .max { index = (index + 1) & mask }
            return index
        }
    }

    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}

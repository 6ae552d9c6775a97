/// A canonical prefix code of DEFLATE (RFC 1951, 3.2.2), decoded by one look-up.
struct HuffmanTable {
    static let maximumLength = 15

    /// `symbol << 4 | length` for each value of the next `width` bits; 0 where no code matches.
    let entries: [UInt16]
    let width: Int

    /// - Parameters:
    ///   - lengths: of the code of each symbol, 0 for a symbol without one.
    ///   - allowsIncomplete: accept no code at all, or a single one of one bit, as distances may have.
    init(lengths: ArraySlice<UInt8>, allowsIncomplete: Bool = false) throws(ArchiveError) {
        var counts = [Int](repeating: 0, count: Self.maximumLength + 1)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        width = max(1, counts.lastIndex { $0 > 0 } ?? 0)

        var code = 0
        var free = 1
        var next = [Int](repeating: 0, count: Self.maximumLength + 1)
        for length in 1...Self.maximumLength {
            code = (code + counts[length - 1]) << 1
            next[length] = code
            free = free << 1 - counts[length]
            guard free >= 0 else { throw .badCompression("too many codes") }
        }
        let used = counts.reduce(0, +)
        guard free == 0 || allowsIncomplete && used <= 1 && counts[1] == used else {
            throw .badCompression("an incomplete code")
        }

        var entries = [UInt16](repeating: 0, count: 1 << width)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            let reversed = Self.reversed(next[length], length: length)
            next[length] += 1
            for index in stride(from: reversed, to: entries.count, by: 1 << length) {
                entries[index] = UInt16(symbol << 4 | length)
            }
        }
        self.entries = entries
    }

    /// Codes are packed from their highest bit on, everything else from the lowest.
    private static func reversed(_ code: Int, length: Int) -> Int {
        var result = 0
        for bit in 0..<length where code >> bit & 1 == 1 { result |= 1 << (length - 1 - bit) }
        return result
    }
}

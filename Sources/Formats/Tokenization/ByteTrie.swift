/// Byte strings that can be matched from any place of a text: a hash table of the edges of a trie.
struct ByteTrie: Sendable {
    /// An edge with the node and the byte that lead to it; the key of a free slot has all bits.
    private struct Slot {
        static let free = Slot(key: .max, child: -1)

        let key: UInt64
        let child: Int32
    }

    private static let seed = UInt64.random(in: .min ... .max) | 1

    /// The count is a power of two.
    private var slots: [Slot] = Array(repeating: .free, count: 16)
    /// The value of each node, or -1.
    private var values: [Int32] = [-1]
    private var firstBytes = Array(repeating: false, count: 256)

    /// Gives `text` a value that is not negative, in place of the one it may have. An empty text is left out.
    mutating func insert(_ text: some Collection<UInt8>, value: Int32) {
        guard let first = text.first else { return }
        firstBytes[Int(first)] = true
        var node: Int32 = 0
        for byte in text {
            let key = Self.key(node, byte)
            let index = index(of: key)
            if slots[index].key == key {
                node = slots[index].child
            } else {
                node = Int32(clamping: values.count)
                slots[index] = Slot(key: key, child: node)
                values.append(-1)
                if values.count * 2 > slots.count { grow() }
            }
        }
        values[Int(node)] = value
    }

    /// Whether a text of the trie begins with `byte`.
    func isFirst(_ byte: UInt8) -> Bool { firstBytes[Int(byte)] }

    /// Calls `body` with the length and the value of every match that begins at `start`, the shortest first.
    ///
    /// - Returns: how many bytes were looked at.
    @discardableResult
    func forEachMatch(
        in text: UnsafeRawBufferPointer, from start: Int, _ body: (_ length: Int, _ value: Int32) -> Void
    ) -> Int {
        var node: Int32 = 0
        for offset in start..<text.count {
            let key = Self.key(node, text[offset])
            let slot = slots[index(of: key)]
            guard slot.key == key else { return offset - start + 1 }
            node = slot.child
            if values[Int(node)] >= 0 { body(offset - start + 1, values[Int(node)]) }
        }
        return text.count - start
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: .free, count: old.count * 2)
        for slot in old where slot.key != .max { slots[index(of: slot.key)] = slot }
    }

    /// The slot that holds `key`, or the free one where it belongs.
    private func index(of key: UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var index = Int(truncatingIfNeeded: (key &* Self.seed) >> 24) & mask
            while slots[index].key != key, slots[index].key != .max { index = (index + 1) & mask }
            return index
        }
    }

    private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    }
}

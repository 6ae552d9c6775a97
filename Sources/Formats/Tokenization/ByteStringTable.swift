/// Finds the number of a byte string: a hash table with open addressing over one piece of memory.
///
/// Hashes are seeded anew in each process, so that no file can be made to collide.
struct ByteStringTable: Sendable {
    private static let seed = UInt64.random(in: .min ... .max) | 1

    private struct Entry {
        let hash: UInt32
        let start: Int
        let count: Int
        var value: Int32
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// Indices of entries; -1 is free. The count is a power of two.
    private var slots: [Int32] = []
    private(set) var longest = 0

    init(minimumCapacity: Int) {
        var size = 16
        while size < minimumCapacity * 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
        entries.reserveCapacity(minimumCapacity)
    }

    var count: Int { entries.count }

    /// Gives `string` the number `value`, in place of the one it may have.
    mutating func insert(_ string: UnsafeRawBufferPointer, value: Int32) {
        if entries.count * 2 >= slots.count { grow() }
        let hash = Self.hash(string)
        let slot = slot(of: string, hash: hash)
        if slots[slot] >= 0 {
            entries[Int(slots[slot])].value = value
            return
        }
        slots[slot] = Int32(entries.count)
        entries.append(Entry(hash: hash, start: bytes.count, count: string.count, value: value))
        bytes.append(contentsOf: string)
        longest = max(longest, string.count)
    }

    func find(_ string: UnsafeRawBufferPointer) -> Int32? {
        let index = slots[slot(of: string, hash: Self.hash(string))]
        return index >= 0 ? entries[Int(index)].value : nil
    }

    func find(_ string: String) -> Int32? {
        var string = string
        return string.withUTF8 { find(UnsafeRawBufferPointer($0)) }
    }

    /// The slot that holds `string`, or the free one where it belongs.
    private func slot(of string: UnsafeRawBufferPointer, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, entry.count == string.count, equal(entry, string) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func equal(_ entry: Entry, _ string: UnsafeRawBufferPointer) -> Bool {
        bytes.withUnsafeBytes { all in
            for index in 0..<entry.count where all[entry.start + index] != string[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
    }

    private static func hash(_ string: UnsafeRawBufferPointer) -> UInt32 {
        var state = seed ^ UInt64(string.count)
        var offset = 0
        while offset + 8 <= string.count {
            state = mix(state ^ string.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < string.count {
            rest = rest << 8 | UInt64(string[offset])
            offset += 1
        }
        return UInt32(truncatingIfNeeded: mix(state ^ rest) >> 16)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        return product.high ^ product.low
    }
}

/// Finds the number of a byte string: a hash table with open addressing over one piece of memory.
///
/// Hashes are seeded anew in each process, so that no file can be made to collide.
struct ByteStringTable: Sendable {
    private static let seed = UInt64.random(in: .min ... .max) | 1

    private struct Slot {
        static let free = Slot(hash: 0, start: 0, count: 0, value: -1)

        let hash: UInt32
        let start: UInt32
        let count: UInt32
        /// -1 where the slot is free.
        var value: Int32
    }

    private var bytes: [UInt8] = []
    /// The count is a power of two.
    private var slots: [Slot] = []
    private var count = 0
    private(set) var longest = 0

    init(minimumCapacity: Int) {
        var size = 16
        while size < minimumCapacity * 2 { size *= 2 }
        slots = Array(repeating: .free, count: size)
    }

    /// Gives `string` the number `value`, which is not negative, in place of the one it may have. Beyond four gigabytes of
    /// text nothing is taken in.
    mutating func insert(_ string: UnsafeRawBufferPointer, value: Int32) {
        if count * 2 >= slots.count { grow() }
        let hash = Self.hash(string)
        let index = index(of: string, hash: hash)
        if slots[index].value >= 0 {
            slots[index].value = value
            return
        }
        guard let start = UInt32(exactly: bytes.count), let length = UInt32(exactly: string.count) else { return }
        slots[index] = Slot(hash: hash, start: start, count: length, value: value)
        bytes.append(contentsOf: string)
        count += 1
        longest = max(longest, string.count)
    }

    func find(_ string: UnsafeRawBufferPointer) -> Int32? {
        let value = slots[index(of: string, hash: Self.hash(string))].value
        return value >= 0 ? value : nil
    }

    func find(_ string: String) -> Int32? {
        var string = string
        return string.withUTF8 { find(UnsafeRawBufferPointer($0)) }
    }

    /// The slot that holds `string`, or the free one where it belongs.
    private func index(of string: UnsafeRawBufferPointer, hash: UInt32) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var index = Int(hash) & mask
            while slots[index].value >= 0 {
                if slots[index].hash == hash, equal(slots[index], string) { return index }
                index = (index + 1) & mask
            }
            return index
        }
    }

    private func equal(_ slot: Slot, _ string: UnsafeRawBufferPointer) -> Bool {
        guard Int(slot.count) == string.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            let start = Int(slot.start)
            for index in 0..<string.count where bytes[start + index] != string[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: .free, count: old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot.value >= 0 {
            var index = Int(slot.hash) & mask
            while slots[index].value >= 0 { index = (index + 1) & mask }
            slots[index] = slot
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

extension RegularExpressions {
    /// The UTF-8 of one scalar of a set.
    mutating func scalars(_ set: ScalarSet) throws(ConstraintError) -> ID {
        /// First byte of the scalar 0, the range of scalars, and the bytes that follow the first.
        let lengths: [(first: UInt8, range: ClosedRange<UInt32>, following: Int)] = [
            (0x00, 0...0x7F, 0), (0xC0, 0x80...0x7FF, 1), (0xE0, 0x800...0xFFFF, 2), (0xF0, 0x1_0000...0x10_FFFF, 3),
        ]
        var choices: [ID] = []
        for (first, range, following) in lengths {
            let ranges = set.ranges.filter(range.overlaps).map(range.clamped)
            choices.append(try scalars(ranges, first: first, following: following))
        }
        return try choice(choices)
    }

    /// - Parameters:
    ///   - ranges: of values, ascending and apart, that are written with one byte and as many as follow it.
    ///   - first: the first byte of the value 0.
    private mutating func scalars(
        _ ranges: [ClosedRange<UInt32>], first: UInt8, following: Int
    ) throws(ConstraintError) -> ID {
        func byte(_ value: UInt32) -> UInt8 { first + UInt8(truncatingIfNeeded: value) }
        guard following > 0 else {
            var set = ByteSet()
            for range in ranges { set.insert(byte(range.lowerBound)...byte(range.upperBound)) }
            return try bytes(set)
        }
        let shift = UInt32(6 * following)
        let mask: UInt32 = 1 << shift - 1
        var partial: [(value: UInt32, ranges: [ClosedRange<UInt32>])] = []
        var branches: [ID: ByteSet] = [:]
        var whole = ByteSet()
        func add(_ range: ClosedRange<UInt32>, under value: UInt32) {
            if range == 0...mask {
                whole.insert(byte(value))
            } else if let last = partial.last, last.value == value {
                partial[partial.count - 1].ranges.append(range)
            } else {
                partial.append((value, [range]))
            }
        }
        for range in ranges {
            let (low, high) = (range.lowerBound >> shift, range.upperBound >> shift)
            if low == high {
                add((range.lowerBound & mask)...(range.upperBound & mask), under: low)
            } else {
                add((range.lowerBound & mask)...mask, under: low)
                if low + 1 < high { whole.insert(byte(low + 1)...byte(high - 1)) }
                add(0...(range.upperBound & mask), under: high)
            }
        }
        if !whole.isEmpty {
            branches[try scalars([0...mask], first: 0x80, following: following - 1)] = whole
        }
        for (value, ranges) in partial {
            let rest = try scalars(ranges, first: 0x80, following: following - 1)
            branches[rest, default: ByteSet()].insert(byte(value))
        }
        var choices: [ID] = []
        for (rest, set) in branches.sorted(by: { $0.key < $1.key }) {
            choices.append(try sequence(bytes(set), rest))
        }
        return try choice(choices)
    }
}

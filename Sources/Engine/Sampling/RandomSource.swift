/// Seeded random numbers: the same seed gives the same numbers on every machine (xoshiro256++).
package struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(seed: UInt64) {
        var seeder = SplitMix(state: seed)
        state = (seeder.next(), seeder.next(), seeder.next(), seeder.next())
    }

    package mutating func next() -> UInt64 {
        func rotateLeft(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
        let result = rotateLeft(state.0 &+ state.3, 23) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotateLeft(state.3, 45)
        return result
    }

    /// A number in 0 ..< 1.
    package mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

/// Spreads a seed, which may be 0 or 1, over the whole state.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

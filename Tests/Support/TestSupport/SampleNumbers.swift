/// A repeatable stream of numbers.
package struct SampleNumbers {
    private var state: UInt64

    package init(seed: UInt64) { state = seed &* 2 &+ 1 }

    package mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 32) }
    /// In -1 ..< 1.
    package mutating func float() -> Float { Float(Int64(next() >> 40)) / Float(1 << 23) - 1 }
    package mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

extension SampleNumbers {
    /// Blocks of a quantization type: arbitrary codes whose scales are ordinary numbers.
    package mutating func blocks(_ count: Int, ofType name: String, bytes: Int) -> [UInt8] {
        (0..<count).flatMap { _ in
            var block = (0..<bytes).map { _ in byte() }
            for offset in Self.scaleOffsets(ofType: name) {
                // An f16 of random sign between 2^-7 and 2^-5.
                block[offset + 1] = 0x20 | block[offset + 1] & 0x87
            }
            switch name {
            case "F32":
                let bits = float().bitPattern
                block = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            case "BF16": block[1] = 0x3E | block[1] & 0x81
            case "MXFP4": block[0] = 118 + block[0] % 4
            default: break
            }
            return block
        }
    }

    /// Where a block holds f16 numbers.
    package static func scaleOffsets(ofType name: String) -> [Int] {
        switch name {
        case "F32", "BF16", "I8", "MXFP4": []
        case "Q2_K": [80, 82]
        case "Q3_K": [108]
        case "Q4_1", "Q5_1", "Q4_K", "Q5_K": [0, 2]
        case "Q6_K": [208]
        default: [0]
        }
    }
}

import CKernels

/// A repeatable stream of numbers.
struct SampleNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 32) }
    /// In -1 ..< 1.
    mutating func float() -> Float { Float(Int64(next() >> 40)) / Float(1 << 23) - 1 }
    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

extension KernelFormat {
    /// Blocks of arbitrary codes whose scales are ordinary numbers.
    func sampleBlocks(_ count: Int, _ numbers: inout SampleNumbers) -> [UInt8] {
        (0..<count).flatMap { _ in
            var block = (0..<row.block_bytes).map { _ in numbers.byte() }
            for offset in scaleOffsets {
                // An f16 of random sign between 2^-7 and 2^-5.
                block[offset + 1] = 0x20 | block[offset + 1] & 0x87
            }
            if typeName == "F32" {
                let bits = numbers.float().bitPattern
                block = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            } else if typeName == "BF16" {
                block[1] = 0x3E | block[1] & 0x81
            } else if typeName == "MXFP4" {
                block[0] = 118 + block[0] % 4
            }
            return block
        }
    }

    /// Where a block holds f16 numbers.
    var scaleOffsets: [Int] {
        switch typeName {
        case "F32", "BF16", "MXFP4": []
        case "Q2_K": [80, 82]
        case "Q3_K": [108]
        case "Q4_1", "Q5_1", "Q4_K", "Q5_K": [0, 2]
        case "Q6_K": [208]
        default: [0]
        }
    }
}

/// The largest difference, relative to the largest expected value; infinite where a NaN is on one side only.
func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    var difference: Float = 0
    var largest: Float = 0
    for (a, b) in zip(found, expected) {
        if a.isNaN != b.isNaN { return .infinity }
        guard !a.isNaN, a != b else { continue }
        difference = max(difference, abs(a - b))
        largest = max(largest, abs(b))
    }
    return difference == 0 ? 0 : difference / largest
}

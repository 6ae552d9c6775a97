import CKernels
import TestSupport

extension KernelFormat {
    /// Blocks of arbitrary codes whose scales are ordinary numbers.
    func sampleBlocks(_ count: Int, _ numbers: inout SampleNumbers) -> [UInt8] {
        numbers.blocks(count, ofType: typeName, bytes: row.block_bytes)
    }

    /// Where a block holds f16 numbers.
    var scaleOffsets: [Int] { SampleNumbers.scaleOffsets(ofType: typeName) }
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

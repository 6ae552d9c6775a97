import CKernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Operations on activations")
struct OperationTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let lengths = [1, 7, 8, 31, 64, 257, 2048]
    static let bound: Float = 2e-6

    @Test("RMS norm", arguments: tables)
    func rmsNorm(table: KernelTable) {
        var numbers = SampleNumbers(seed: 1)
        for length in Self.lengths {
            let (input, weight) = (numbers.floats(length), numbers.floats(length))
            var out = [Float](repeating: 0, count: length)
            table.operations.rms_norm(length, input, weight, 1e-5, &out)
            let mean = input.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(length)
            let expected = zip(input, weight).map { Float(Double($0) / (mean + 1e-5).squareRoot() * Double($1)) }
            #expect(relativeError(out, expected) <= Self.bound, "\(length)")
        }
    }

    @Test("rotation of pairs, in place and not", arguments: tables, [true, false])
    func rope(table: KernelTable, interleaved: Bool) {
        var numbers = SampleNumbers(seed: 2)
        for (width, rotated) in [(64, 64), (128, 128), (80, 32), (20, 12), (6, 2)] {
            let heads = 3
            let input = numbers.floats(heads * width)
            let angles = numbers.floats(rotated / 2).map { Double($0) * 7 }
            let (cosines, sines) = (angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
            var expected = input
            for head in 0..<heads {
                for pair in 0..<(rotated / 2) {
                    let first = head * width + (interleaved ? 2 * pair : pair)
                    let second = first + (interleaved ? 1 : rotated / 2)
                    let (a, b) = (Double(input[first]), Double(input[second]))
                    expected[first] = Float(a * cos(angles[pair]) - b * sin(angles[pair]))
                    expected[second] = Float(a * sin(angles[pair]) + b * cos(angles[pair]))
                }
            }
            var out = [Float](repeating: .nan, count: input.count)
            table.operations.rope(heads, width, rotated, interleaved, cosines, sines, input, &out)
            #expect(relativeError(out, expected) <= Self.bound, "\(width), \(rotated)")
            out = input
            out.withUnsafeMutableBufferPointer {
                table.operations.rope(
                    heads, width, rotated, interleaved, cosines, sines, UnsafePointer($0.baseAddress), $0.baseAddress)
            }
            #expect(relativeError(out, expected) <= Self.bound, "\(width), \(rotated), in place")
        }
    }

    @Test("SiLU of a gate times up, for the whole range of floats", arguments: tables)
    func siluMultiply(table: KernelTable) {
        var numbers = SampleNumbers(seed: 3)
        for length in Self.lengths {
            let gate = numbers.floats(length).enumerated().map { $1 * ($0 % 3 == 0 ? 100 : 8) }
            let up = numbers.floats(length)
            var out = [Float](repeating: 0, count: length)
            table.operations.gate[Int(CK_SILU)]?(length, gate, up, &out)
            for (index, found) in out.enumerated() {
                let expected = Double(gate[index]) / (1 + exp(-Double(gate[index]))) * Double(up[index])
                #expect(abs(Double(found) - expected) <= abs(expected) * 1e-6 + 1e-30, "\(gate[index])")
            }
        }
        let hostile: [Float] = [.infinity, -.infinity, .nan, 3e38, -3e38, 0, -0, 0x1p-140]
        var out = [Float](repeating: 1, count: hostile.count)
        table.operations.gate[Int(CK_SILU)]?(hostile.count, hostile, [Float](repeating: 1, count: hostile.count), &out)
        #expect(out[0] == .infinity && out[2].isNaN && out[3] == 3e38 && out[4] == 0 && out[5] == 0)
    }

    @Test("addition, and into one of its inputs", arguments: tables)
    func add(table: KernelTable) {
        var numbers = SampleNumbers(seed: 4)
        for length in Self.lengths {
            var a = numbers.floats(length)
            let b = numbers.floats(length)
            let expected = zip(a, b).map { $0 + $1 }
            a.withUnsafeMutableBufferPointer {
                table.operations.add(length, UnsafePointer($0.baseAddress), b, $0.baseAddress)
            }
            #expect(a == expected)
        }
    }

    @Test("the sum of bytes, of any length and alignment", arguments: tables)
    func sumBytes(table: KernelTable) {
        var numbers = SampleNumbers(seed: 6)
        for length in [0, 1, 63, 64, 127, 128, 300, 5000] {
            let bytes = (0...length).map { _ in UInt8(truncatingIfNeeded: numbers.next() >> 7) }
            let expected = bytes.dropFirst().reduce(UInt64(0)) { $0 + UInt64($1) }
            let found = bytes.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { table.operations.sum_bytes(length, $0 + 1) }
            }
            #expect(found == expected, "\(length)")
        }
        let largest = [UInt8](repeating: 255, count: 1 << 21)
        #expect(table.operations.sum_bytes(largest.count, largest) == 255 << 21)
    }
}

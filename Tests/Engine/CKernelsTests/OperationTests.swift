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

    @Test("RMS norm, with weights and without", arguments: tables)
    func rmsNorm(table: KernelTable) {
        var numbers = SampleNumbers(seed: 1)
        for length in Self.lengths {
            let (input, weight) = (numbers.floats(length), numbers.floats(length))
            let mean = input.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(length)
            let factor = 1 / (mean + 1e-5).squareRoot()
            var out = [Float](repeating: 0, count: length)
            table.operations.rms_norm(length, input, weight, 1e-5, &out)
            let weighted = zip(input, weight).map { Float(Double($0) * factor * Double($1)) }
            #expect(relativeError(out, weighted) <= Self.bound, "\(length)")
            table.operations.rms_norm(length, input, nil, 1e-5, &out)
            let plain = input.map { Float(Double($0) * factor) }
            #expect(relativeError(out, plain) <= Self.bound, "\(length) without weights")
        }
    }

    @Test("layer norm, with weights and biases and without, also far from zero", arguments: tables)
    func layerNorm(table: KernelTable) {
        var numbers = SampleNumbers(seed: 7)
        for (length, offset) in Self.lengths.dropFirst().flatMap({ [($0, Float(0)), ($0, Float(20))] }) {
            let input = numbers.floats(length).map { $0 + offset }
            let (weight, bias) = (numbers.floats(length), numbers.floats(length))
            let mean = input.reduce(0.0) { $0 + Double($1) } / Double(length)
            let variance = input.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(length)
            let normalized = input.map { (Double($0) - mean) / (variance + 1e-5).squareRoot() }
            for (hasWeight, hasBias) in [(true, true), (true, false), (false, true), (false, false)] {
                let expected = normalized.indices.map { index in
                    let scaled = normalized[index] * (hasWeight ? Double(weight[index]) : 1)
                    return Float(scaled + (hasBias ? Double(bias[index]) : 0))
                }
                var out = [Float](repeating: 0, count: length)
                table.operations.layer_norm(
                    length, input, hasWeight ? weight : nil, hasBias ? bias : nil, 1e-5, &out)
                #expect(relativeError(out, expected) <= (offset == 0 ? 1 : 10) * Self.bound, "\(length) at \(offset)")
            }
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

    @Test("sums, products, scaling and clamping, also into an input", arguments: tables)
    func arithmetic(table: KernelTable) {
        var numbers = SampleNumbers(seed: 4)
        let operations = table.operations
        for length in Self.lengths {
            let (a, b) = (numbers.floats(length), numbers.floats(length))
            func expect(_ expected: [Float], _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
                var out = a
                out.withUnsafeMutableBufferPointer { buffer in
                    if let base = buffer.baseAddress { body(UnsafePointer(base), base) }
                }
                #expect(out == expected, "\(length)")
            }
            expect(zip(a, b).map { $0 + $1 }) { operations.add(length, $0, b, $1) }
            expect(zip(a, b).map { $0 * $1 }) { operations.multiply(length, $0, b, $1) }
            expect(a.map { $0 * 1.7 }) { operations.scale(length, $0, 1.7, $1) }
            expect(a.map { min(max($0, -0.25), 0.5) }) { operations.clamp(length, $0, -0.25, 0.5, $1) }
        }
        let hostile: [Float] = [.nan, .infinity, -.infinity]
        var out: [Float] = [0, 0, 0]
        operations.clamp(3, hostile, -1, 2, &out)
        #expect(out[0].isNaN && out[1] == 2 && out[2] == -1)
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

import CKernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Functions that follow a linear layer")
struct ActivationFunctionTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let lengths = [1, 7, 8, 31, 64, 257, 2048]

    /// A function and its index.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let index: Int
        let value: @Sendable (Double) -> Double

        init(_ description: String, _ index: Int, _ value: @escaping @Sendable (Double) -> Double) {
            self.description = description
            self.index = index
            self.value = value
        }
    }

    static let cases = [
        Case("SiLU", CK_SILU) { $0 / (1 + exp(-$0)) },
        Case("GELU", CK_GELU) { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 },
        Case("GELU by tanh", CK_GELU_TANH) { x in
            // (1 + tanh u) / 2 = 1 / (1 + e^-2u), which loses no digits where tanh u is near -1
            x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        },
        Case("quick GELU", CK_GELU_QUICK) { $0 / (1 + exp(-1.702 * $0)) },
        Case("ReLU", CK_RELU) { max($0, 0) },
        Case("squared ReLU", CK_RELU_SQUARED) { max($0, 0) * max($0, 0) },
        Case("sigmoid", CK_SIGMOID) { 1 / (1 + exp(-$0)) },
        Case("tanh", CK_TANH) { tanh($0) },
        Case("softplus", CK_SOFTPLUS) { max($0, 0) + log1p(exp(-abs($0))) },
        Case("exp", CK_EXP) { exp($0) },
    ]

    /// Relative; an exponential of x has an error in proportion to x.
    private static func isNear(_ found: Float, _ expected: Double, at x: Float) -> Bool {
        if abs(expected) > Double(Float.greatestFiniteMagnitude) { return found.isInfinite }
        return abs(Double(found) - expected) <= abs(expected) * (1e-6 + 2e-7 * Double(x * x)) + 1e-30
    }

    @Test("every function has a case")
    func all() { #expect(Self.cases.map(\.index) == Array(0..<Int(CK_ACTIVATIONS))) }

    @Test(
        "a function and its gate agree with double precision, for the whole range of floats", arguments: tables, cases)
    func matchesDouble(table: KernelTable, function: Case) throws {
        let activate = try #require(table.operations.activate[function.index])
        let gate = try #require(table.operations.gate[function.index])
        var numbers = SampleNumbers(seed: 3)
        for length in Self.lengths {
            let input = numbers.floats(length).enumerated().map { $1 * [100, 8, 1e-3][$0 % 3] }
            let up = numbers.floats(length)
            var (out, gated) = (input, input)
            out.withUnsafeMutableBufferPointer { activate(length, UnsafePointer($0.baseAddress), $0.baseAddress) }
            gated.withUnsafeMutableBufferPointer { gate(length, UnsafePointer($0.baseAddress), up, $0.baseAddress) }
            for (index, x) in input.enumerated() {
                #expect(Self.isNear(out[index], function.value(Double(x)), at: x), "\(x): \(out[index])")
                #expect(gated[index] == out[index] * up[index] || !out[index].isFinite)
            }
        }
    }

    @Test("infinity, NaN, the largest and the smallest floats", arguments: tables, cases)
    func extremes(table: KernelTable, function: Case) throws {
        let activate = try #require(table.operations.activate[function.index])
        let hostile: [Float] = [.nan, .infinity, 3e38, -3e38, 0, -0, 0x1p-140, -0x1p-140, 1e20, -1e20]
        var out = [Float](repeating: 1, count: hostile.count)
        activate(hostile.count, hostile, &out)
        #expect(out[0].isNaN)
        for (x, found) in zip(hostile, out).dropFirst() {
            let expected = function.value(Double(x))
            let error = abs(Double(found) - expected)
            let isNear = Double(found) == expected || error <= abs(expected) * 1e-6 + 1e-30
            #expect(isNear || Float(expected) == found, "\(x): \(found), not \(expected)")
        }
    }

    @Test("clamped SwiGLU", arguments: tables)
    func clampedSwiGLU(table: KernelTable) {
        var numbers = SampleNumbers(seed: 9)
        for length in Self.lengths {
            let gate = numbers.floats(length).map { $0 * 12 }, up = numbers.floats(length).map { $0 * 12 }
            var out = gate
            out.withUnsafeMutableBufferPointer {
                table.operations.clamped_swiglu(length, UnsafePointer($0.baseAddress), up, 1.702, 7, $0.baseAddress)
            }
            for index in 0..<length {
                let g = min(Double(gate[index]), 7), u = min(max(Double(up[index]), -7), 7)
                let expected = g / (1 + exp(-Double(Float(1.702)) * g)) * (u + 1)
                #expect(Self.isNear(out[index], expected, at: gate[index]) || abs(Double(out[index]) - expected) < 1e-5)
            }
        }
    }

    @Test("a soft cap, of small and of large numbers", arguments: tables)
    func softcap(table: KernelTable) {
        var numbers = SampleNumbers(seed: 10)
        for (length, cap) in Self.lengths.flatMap({ [($0, Float(30)), ($0, Float(1.5))] }) {
            let input = numbers.floats(length).enumerated().map { $1 * [300, 5, 1e-3][$0 % 3] }
            var out = input
            out.withUnsafeMutableBufferPointer {
                table.operations.softcap(length, UnsafePointer($0.baseAddress), cap, $0.baseAddress)
            }
            for (x, found) in zip(input, out) {
                let expected = Double(cap) * tanh(Double(x) / Double(cap))
                #expect(abs(Double(found) - expected) <= 1e-6 * abs(expected), "\(x): \(found)")
            }
        }
    }
}

import CKernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Operations along a sequence")
struct RecurrentTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let bound: Float = 2e-6

    @Test("causal convolution agrees with double precision", arguments: tables)
    func convolution(table: KernelTable) {
        for sample in ConvolutionSample.all {
            let found = sample.convolve(table, rowStep: sample.rows, channelStep: sample.channels)
            #expect(relativeError(found.out, sample.expected) <= Self.bound, "\(sample.channels) × \(sample.width)")
            // The inputs before row `rows`, the oldest first.
            let inputs = sample.state + sample.input
            #expect(found.state == Array(inputs.suffix((sample.width - 1) * sample.channels)))
        }
    }

    @Test("a convolution is the same bits in chunks of rows and of channels", arguments: tables)
    func convolutionInParts(table: KernelTable) {
        for sample in ConvolutionSample.all {
            let whole = sample.convolve(table, rowStep: sample.rows, channelStep: sample.channels)
            for (rowStep, channelStep) in [(1, sample.channels), (2, 16), (5, 7), (sample.rows, 1)] {
                let parts = sample.convolve(table, rowStep: rowStep, channelStep: channelStep)
                #expect(parts.out.map(\.bitPattern) == whole.out.map(\.bitPattern), "\(rowStep) × \(channelStep)")
                #expect(parts.state == whole.state)
            }
        }
    }

    @Test("a selective scan agrees with double precision", arguments: tables)
    func scan(table: KernelTable) {
        for sample in ScanSample.all {
            let found = sample.scan(table, rowStep: sample.rows, headStep: sample.heads)
            let expected = sample.expected()
            #expect(relativeError(found.out, expected.out) <= Self.bound, "\(sample)")
            #expect(relativeError(found.state, expected.state) <= Self.bound, "\(sample)")
        }
    }

    @Test("a scan is the same bits in chunks of rows and of heads", arguments: tables)
    func scanInParts(table: KernelTable) {
        for sample in ScanSample.all {
            let whole = sample.scan(table, rowStep: sample.rows, headStep: sample.heads)
            for (rowStep, headStep) in [(1, sample.heads), (3, 1), (sample.rows, 2)] {
                let parts = sample.scan(table, rowStep: rowStep, headStep: headStep)
                #expect(
                    parts.out.map(\.bitPattern) == whole.out.map(\.bitPattern), "\(rowStep) × \(headStep), \(sample)")
                #expect(parts.state.map(\.bitPattern) == whole.state.map(\.bitPattern))
            }
        }
    }
}

/// A convolution with numbers, which may be computed in parts.
private struct ConvolutionSample {
    let rows: Int
    let channels: Int
    let width: Int
    let weight: [Float]
    let bias: [Float]?
    let input: [Float]
    let state: [Float]

    static let all = [(1, 40, 4), (9, 33, 4), (23, 16, 3), (4, 5, 2), (3, 21, 1), (2, 19, 11), (12, 50, 9)].enumerated()
        .map { index, sizes in Self(sizes.0, sizes.1, sizes.2, hasBias: index % 2 == 0) }

    init(_ rows: Int, _ channels: Int, _ width: Int, hasBias: Bool) {
        var numbers = SampleNumbers(seed: UInt64(rows * 100 + channels))
        self.rows = rows
        self.channels = channels
        self.width = width
        weight = numbers.floats(channels * width)
        bias = hasBias ? numbers.floats(channels) : nil
        input = numbers.floats(rows * channels)
        state = numbers.floats((width - 1) * channels)
    }

    var expected: [Float] {
        let inputs = state + input
        return (0..<rows * channels).map { index in
            let channel = index % channels
            return Float(
                (0..<width).reduce(Double(bias?[channel] ?? 0)) { sum, k in
                    sum + Double(weight[channel * width + k]) * Double(inputs[index + k * channels])
                })
        }
    }

    /// Computes tasks of some rows and channels.
    func convolve(_ table: KernelTable, rowStep: Int, channelStep: Int) -> (out: [Float], state: [Float]) {
        var out = [Float](repeating: .nan, count: rows * channels), state = state
        let biases = bias ?? []
        weight.withUnsafeBufferPointer { weight in
            biases.withUnsafeBufferPointer { biases in
                input.withUnsafeBufferPointer { input in
                    out.withUnsafeMutableBufferPointer { out in
                        state.withUnsafeMutableBufferPointer { state in
                            for row in stride(from: 0, to: rows, by: rowStep) {
                                for channel in stride(from: 0, to: channels, by: channelStep) {
                                    var task = ck_convolution()
                                    task.rows = min(rowStep, rows - row)
                                    task.channels = min(channelStep, channels - channel)
                                    task.width = width
                                    task.weight = weight.baseAddress.map { $0 + channel * width }
                                    task.bias = bias == nil ? nil : biases.baseAddress.map { $0 + channel }
                                    task.in = input.baseAddress.map { $0 + row * channels + channel }
                                    task.in_stride = channels
                                    task.state = state.baseAddress.map { $0 + channel }
                                    task.state_stride = channels
                                    task.out = out.baseAddress.map { $0 + row * channels + channel }
                                    task.out_stride = channels
                                    table.operations.convolve(&task)
                                }
                            }
                        }
                    }
                }
            }
        }
        return (out, state)
    }
}

/// A scan with numbers, which may be computed in parts.
private struct ScanSample: CustomStringConvertible {
    let rows: Int
    let heads: Int
    let headWidth: Int
    let stateWidth: Int
    /// Each element of a state has a decay of its own.
    let isPerState: Bool
    let x: [Float]
    let dt: [Float]
    let a: [Float]
    let b: [Float]
    let c: [Float]
    let d: [Float]?
    let state: [Float]

    static let all = [
        Self(5, 3, 64, 128), Self(1, 2, 64, 128), Self(7, 3, 13, 21, hasD: false), Self(4, 5, 4, 3),
        Self(11, 9, 1, 16, isPerState: true), Self(6, 2, 5, 19, isPerState: true, hasD: false),
    ]

    init(
        _ rows: Int, _ heads: Int, _ headWidth: Int, _ stateWidth: Int, isPerState: Bool = false, hasD: Bool = true
    ) {
        var numbers = SampleNumbers(seed: UInt64(rows * 1000 + headWidth))
        self.rows = rows
        self.heads = heads
        self.headWidth = headWidth
        self.stateWidth = stateWidth
        self.isPerState = isPerState
        x = numbers.floats(rows * heads * headWidth)
        dt = numbers.floats(rows * heads).map { abs($0) }
        a = numbers.floats(heads * (isPerState ? stateWidth : 1)).map { -8 * abs($0) }
        b = numbers.floats(rows * stateWidth)
        c = numbers.floats(rows * stateWidth)
        d = hasD ? numbers.floats(heads) : nil
        state = numbers.floats(heads * headWidth * stateWidth)
    }

    var description: String { "\(rows) rows × \(heads) heads × \(headWidth) × \(stateWidth)" }

    func expected() -> (out: [Float], state: [Float]) {
        var state = state.map(Double.init), out: [Float] = []
        for row in 0..<rows {
            for element in 0..<heads * headWidth {
                let head = element / headWidth, input = Double(x[row * heads * headWidth + element])
                let step = Double(dt[row * heads + head])
                var sum = Double(d?[head] ?? 0) * input
                for n in 0..<stateWidth {
                    let decay = exp(step * Double(isPerState ? a[head * stateWidth + n] : a[head]))
                    let index = element * stateWidth + n
                    state[index] = decay * state[index] + step * input * Double(b[row * stateWidth + n])
                    sum += state[index] * Double(c[row * stateWidth + n])
                }
                out.append(Float(sum))
            }
        }
        return (out, state.map(Float.init))
    }

    /// Computes tasks of some rows and heads, into the memory of x.
    func scan(_ table: KernelTable, rowStep: Int, headStep: Int) -> (out: [Float], state: [Float]) {
        var out = x, state = state
        let width = heads * headWidth, aWidth = isPerState ? stateWidth : 1
        withBaseAddresses { dt, a, b, c, d in
            out.withUnsafeMutableBufferPointer { out in
                state.withUnsafeMutableBufferPointer { state in
                    for row in stride(from: 0, to: rows, by: rowStep) {
                        for head in stride(from: 0, to: heads, by: headStep) {
                            var task = ck_scan()
                            task.rows = min(rowStep, rows - row)
                            task.heads = min(headStep, heads - head)
                            task.head_width = headWidth
                            task.state_width = stateWidth
                            task.out = out.baseAddress.map { $0 + row * width + head * headWidth }
                            task.out_stride = width
                            task.x = UnsafePointer(task.out)
                            task.x_stride = width
                            task.dt = dt.map { $0 + row * heads + head }
                            task.dt_stride = heads
                            task.a = a.map { $0 + head * aWidth }
                            task.a_width = aWidth
                            task.b = b.map { $0 + row * stateWidth }
                            task.b_stride = stateWidth
                            task.c = c.map { $0 + row * stateWidth }
                            task.c_stride = stateWidth
                            task.d = d.map { $0 + head }
                            task.state = state.baseAddress.map { $0 + head * headWidth * stateWidth }
                            table.operations.scan(&task)
                        }
                    }
                }
            }
        }
        return (out, state)
    }

    private typealias Floats = UnsafePointer<Float>?

    private func withBaseAddresses(_ body: (_ dt: Floats, _ a: Floats, _ b: Floats, _ c: Floats, _ d: Floats) -> Void) {
        let ds = d ?? []
        dt.withUnsafeBufferPointer { dt in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    c.withUnsafeBufferPointer { c in
                        ds.withUnsafeBufferPointer { ds in
                            body(
                                dt.baseAddress, a.baseAddress, b.baseAddress, c.baseAddress,
                                d == nil ? nil : ds.baseAddress)
                        }
                    }
                }
            }
        }
    }
}

import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Products of weights and activations", .computing)
struct MultiplyTests {
    /// Fast kernels add the same products in another order. Relative to the lengths of the two vectors.
    static let orderBound: Float = 1e-6
    /// Activations are rounded to 8 bits: half a step of the largest of a block, averaged over a dot product.
    static let quantizedActivationBound: Float = 1e-2
    static let floatBound: Float = 1e-5

    static let generic = KernelTable.generic?.formats ?? []
    static let fast = KernelTable.fast.flatMap(\.formats)

    @Test("every fast kernel agrees with the generic one at every shape", arguments: fast)
    func fastMatchesGeneric(format: KernelFormat) throws {
        var numbers = SampleNumbers(seed: UInt64(format.row.gguf_id) + 1)
        for length in Self.lengths(of: format) {
            let sample = try ProductSample(format, rows: 65, columns: 33, length: length, &numbers)
            for rows in [1, 2, 16, 17, 64, 65] {
                for columns in [1, 2, 3, 4, 5, 7, 8, 9, 32, 33] {
                    let error = sample.error(of: format, rows: rows, columns: columns)
                    #expect(error <= Self.orderBound, "\(rows) rows, \(columns) columns of \(length)")
                }
            }
        }
    }

    @Test("more columns than a kernel keeps sums for", arguments: fast)
    func manyColumns(format: KernelFormat) throws {
        var numbers = SampleNumbers(seed: 5)
        let sample = try ProductSample(format, rows: 18, columns: 131, length: 256, &numbers)
        #expect(sample.error(of: format, rows: 18, columns: 131) <= Self.orderBound)
    }

    @Test("the generic kernel agrees with dequantized weights and exact activations", arguments: generic)
    func genericMatchesDequantized(format: KernelFormat) {
        var numbers = SampleNumbers(seed: 77)
        let (length, rows, columns) = (2048, 32, 4)
        let blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
        let weights = format.dequantize(blocks, count: rows * length)
        let columnValues = (0..<columns).map { _ in numbers.floats(length) }
        let found = format.multiply(
            blocks, rows: rows, activations: format.quantizeActivations(columnValues), columns: columns, length: length)
        let expected = columnValues.flatMap { column in
            (0..<rows).map { row in
                Float((0..<length).reduce(0.0) { $0 + Double(weights[row * length + $1]) * Double(column[$1]) })
            }
        }
        let isFloat = format.activationName == "float32"
        #expect(relativeError(found, expected) <= (isFloat ? Self.floatBound : Self.quantizedActivationBound))
    }

    @Test("extreme codes and activations do not overflow", arguments: fast)
    func extremes(format: KernelFormat) throws {
        let reference = try #require(format.genericTwin)
        var numbers = SampleNumbers(seed: 3)
        let (length, rows) = (512, 17)
        for byte: UInt8 in [0x00, 0xFF, 0x7F, 0x80] {
            var blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
            for index in blocks.indices where !format.isScale(index) { blocks[index] = byte }
            for columns in [1, 2, 5, 9] {
                let values = (0..<columns).map { column in
                    (0..<length).map { Float(column % 2 == 0 ? 1 : -1) * ($0 % 3 == column ? -1 : 1) }
                }
                let activations = format.quantizeActivations(values)
                let found = format.multiply(
                    blocks, rows: rows, activations: activations, columns: columns, length: length)
                let expected = reference.multiply(
                    blocks, rows: rows, activations: activations, columns: columns, length: length)
                #expect(relativeError(found, expected) <= 3 * Self.orderBound, "bytes \(byte), \(columns) columns")
            }
        }
    }

    @Test("arbitrary bytes, NaN scales among them, compute without a trap", arguments: generic + fast)
    func hostileBytes(format: KernelFormat) {
        var numbers = SampleNumbers(seed: 9)
        let (length, rows) = (512, 17)
        let count = rows * length / format.row.block_size * format.row.block_bytes
        for bytes in [[UInt8](repeating: 0xFF, count: count), (0..<count).map { _ in numbers.byte() }] {
            for columns in [1, 9] {
                var values = (0..<columns).map { _ in numbers.floats(length) }
                values[0][3] = .nan
                let activations = format.quantizeActivations(values)
                let out = format.multiply(
                    bytes, rows: rows, activations: activations, columns: columns, length: length)
                #expect(out[0..<rows].allSatisfy { $0.isNaN }, "a NaN activation must not be lost")
            }
        }
    }

    /// Where codes have an offset, products of zeros cancel instead of being zero.
    static let zeroBound: Float = 1e-35

    @Test("zero weights give zeros", arguments: generic + fast)
    func zeros(format: KernelFormat) {
        var numbers = SampleNumbers(seed: 21)
        let (length, rows) = (256, 16)
        let blocks = [UInt8](repeating: 0, count: rows * length / format.row.block_size * format.row.block_bytes)
        for columns in [1, 6] {
            let activations = format.quantizeActivations((0..<columns).map { _ in numbers.floats(length) })
            let out = format.multiply(blocks, rows: rows, activations: activations, columns: columns, length: length)
            #expect(out.allSatisfy { abs($0) <= Self.zeroBound })
        }
    }

    private static func lengths(of format: KernelFormat) -> [Int] {
        switch format.row.block_size {
        case 1: [1, 7, 8, 9, 127, 129, 300]
        case 32: [32, 64, 224, 256, 576]
        default: [256, 512, 1024]
        }
    }
}

/// Weights and activations with their product by the generic kernel.
private struct ProductSample {
    let rows: Int, length: Int
    let blocks: [UInt8]
    let activations: [UInt8]
    let expected: [Float]
    /// The largest product of the lengths of a row and a column: no dot product is larger.
    let scale: Float

    init(_ format: KernelFormat, rows: Int, columns: Int, length: Int, _ numbers: inout SampleNumbers) throws {
        let reference = try #require(format.genericTwin)
        self.rows = rows
        self.length = length
        blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
        let values = (0..<columns).map { _ in numbers.floats(length) }
        activations = format.quantizeActivations(values)
        expected = reference.multiply(blocks, rows: rows, activations: activations, columns: columns, length: length)
        let weights = reference.dequantize(blocks, count: rows * length)
        let rowSquares = (0..<rows).map { weights[($0 * length)..<(($0 + 1) * length)].reduce(0) { $0 + $1 * $1 } }
        let columnSquares = values.map { $0.reduce(0) { $0 + $1 * $1 } }
        scale = ((rowSquares.max() ?? 0) * (columnSquares.max() ?? 0)).squareRoot()
    }

    /// The largest difference of the product of the first rows and columns, relative to `scale`; infinite where it
    /// wrote beyond them.
    func error(of format: KernelFormat, rows: Int, columns: Int) -> Float {
        let found = format.paddedProduct(
            blocks, rows: rows, activations: activations, columns: columns, length: length)
        let stride = rows + KernelFormat.padding
        var largest: Float = 0
        found.withUnsafeBufferPointer { found in
            expected.withUnsafeBufferPointer { expected in
                var column = 0
                while column < columns {
                    var row = 0
                    while row < rows {
                        let difference = abs(found[column &* stride &+ row] - expected[column &* self.rows &+ row])
                        if !(difference <= largest) { largest = difference }
                        row &+= 1
                    }
                    while row < stride {
                        if found[column &* stride &+ row] != KernelFormat.untouched { largest = .infinity }
                        row &+= 1
                    }
                    column &+= 1
                }
            }
        }
        return largest.isNaN ? .infinity : largest / scale
    }
}

extension KernelFormat {
    /// Whether a byte of an array of blocks belongs to an f16 scale, or to an element of a float format.
    fileprivate func isScale(_ index: Int) -> Bool {
        let offset = index % row.block_bytes
        return row.block_size == 1 || typeName == "MXFP4" && offset == 0
            || scaleOffsets.contains { $0 == offset || $0 + 1 == offset }
    }
}

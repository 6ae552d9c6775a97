import CKernels
import TestSupport
import Testing

@Suite("A result does not depend on what else is computed with it", .computing)
struct InvarianceTests {
    static let tables = KernelTable.names.compactMap(KernelTable.init)
    static let formats = tables.flatMap(\.formats)

    @Test("a product is the same bits for any number of columns and any place of its row", arguments: formats)
    func products(format: KernelFormat) {
        var numbers = SampleNumbers(seed: UInt64(format.row.gguf_id) + 100)
        let (rows, columns) = (71, 33)
        for length in Self.lengths(of: format) {
            let blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
            let activations = format.quantizeActivations((0..<columns).map { _ in numbers.floats(length) })
            let product = SplitProduct(
                format: format, blocks: blocks, activations: activations, rows: rows, columns: columns, length: length)
            let alone = product.bits(rowStep: rows, columnStep: 1)
            let steps = [
                (1, 1), (1, 9), (2, 3), (3, 17), (4, 8), (5, 71), (7, 5), (8, 16), (9, 3), (13, 71), (16, 17), (33, 11),
            ]
            for (columnStep, rowStep) in steps {
                let found = product.bits(rowStep: rowStep, columnStep: columnStep)
                #expect(found == alone, "\(columnStep) columns and \(rowStep) rows of \(length) at once")
            }
        }
    }

    @Test("attention of a row is the same bits alone, in chunks, for fewer heads and split among tasks")
    func attention() {
        for kernels in CacheKernels.all {
            for whole in [
                AttentionCase(rows: 20, heads: 6), AttentionCase(rows: 9, heads: 4, firstPosition: 250),
                AttentionCase(rows: 14, heads: 3, width: 96, firstPosition: 121),
                AttentionCase(rows: 13, heads: 4, width: 128, blockTokens: 20, firstPosition: 117, sees: .window(23)),
            ] + AttentionCase.general where kernels.takes(whole) {
                var numbers = SampleNumbers(seed: 12)
                let sample = AttentionSample(whole, kernels, &numbers)
                let rows = 0..<whole.rows, heads = 0..<whole.heads
                let expected = sample.attend(kernels, rows: rows, heads: heads).map(\.bitPattern)
                for (rowStep, headStep) in [(1, 1), (1, whole.heads), (2, 2), (5, whole.heads), (8, 1)] {
                    #expect(
                        sample.inParts(kernels, rowStep: rowStep, headStep: headStep).map(\.bitPattern) == expected,
                        "\(rowStep) rows and \(headStep) heads at once of \(whole), \(kernels)")
                }
                for tiles in [1, 2] {
                    let found = sample.attend(kernels, rows: rows, heads: heads, tilesOfTask: tiles)
                    #expect(found.map(\.bitPattern) == expected, "\(tiles) tiles a task of \(whole), \(kernels)")
                }
            }
        }
    }

    private static func lengths(of format: KernelFormat) -> [Int] {
        switch format.row.block_size {
        case 1: [7, 517]
        case 32: [32, 352]
        default: [256, 512]
        }
    }
}

/// A product that is computed in tasks of some rows and columns.
private struct SplitProduct {
    let format: KernelFormat
    let blocks: [UInt8]
    let activations: [UInt8]
    let rows: Int
    let columns: Int
    let length: Int

    func bits(rowStep: Int, columnStep: Int) -> [UInt32] {
        let rowBytes = length / format.row.block_size * format.row.block_bytes
        let columnBytes = format.row.activation.pointee.bytes(length)
        var out = [Float](repeating: .nan, count: rows * columns)
        blocks.withUnsafeBytes { weights in
            activations.withUnsafeBytes { activations in
                out.withUnsafeMutableBufferPointer { out in
                    for column in stride(from: 0, to: columns, by: columnStep) {
                        for row in stride(from: 0, to: rows, by: rowStep) {
                            var task = ck_product(
                                rows: min(rowStep, rows - row), columns: min(columnStep, columns - column), n: length,
                                weights: weights.baseAddress.map { $0 + row * rowBytes }, weight_stride: rowBytes,
                                activations: activations.baseAddress.map { $0 + column * columnBytes },
                                activation_stride: columnBytes,
                                out: out.baseAddress.map { $0 + column * rows + row }, out_stride: rows,
                                tuning: format.tuning)
                            format.row.multiply(&task)
                        }
                    }
                }
            }
        }
        return out.map(\.bitPattern)
    }
}

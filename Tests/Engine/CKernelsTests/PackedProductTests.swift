import CKernels
import TestSupport
import Testing

@Suite("Products with packed weights are those with the weights as they are", .computing)
struct PackedProductTests {
    static let formats = KernelTable.names.compactMap(KernelTable.init).flatMap(\.formats)
        .filter { $0.row.multiply_packed != nil }

    @Test("bit by bit, at any number of rows and columns", arguments: formats)
    func products(format: KernelFormat) {
        var numbers = SampleNumbers(seed: UInt64(format.row.gguf_id) + 300)
        let columns = 33
        for length in [1, 3].map({ $0 * max(32, format.row.block_size) }) {
            for rows in Array(stride(from: 1, through: 37, by: 4)) + [71] {
                let blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
                let activations = format.quantizeActivations((0..<columns).map { _ in numbers.floats(length) })
                let packed = format.packed(blocks, rows: rows, length: length)
                for columns in Array(1...9) + [17, columns] {
                    let product = { (format: KernelFormat, weights: [UInt8]) in
                        format.paddedProduct(
                            weights, rows: rows, activations: activations, columns: columns, length: length
                        ).map(\.bitPattern)
                    }
                    var packedFormat = format
                    packedFormat.row.multiply = format.row.multiply_packed
                    #expect(
                        product(packedFormat, packed) == product(format, blocks),
                        "\(rows) rows, \(columns) columns of \(length)")
                }
            }
        }
    }

    @Test("AVX-512 has some", .enabled(if: KernelTable("avx512") != nil))
    func some() {
        #expect(Self.formats.contains { $0.tableName == "avx512" })
    }

    @Test("packing keeps every byte, and fills the last band with zeros", arguments: formats)
    func bytes(format: KernelFormat) {
        var numbers = SampleNumbers(seed: 1)
        let length = 2 * max(32, format.row.block_size)
        let rows = Int(CK_BAND_ROWS) + 3
        let blocks = format.sampleBlocks(rows * length / format.row.block_size, &numbers)
        let packed = format.packed(blocks, rows: rows, length: length)
        let padding = [UInt8](repeating: 0, count: packed.count - blocks.count)
        #expect(packed.sorted() == (blocks + padding).sorted())
        #expect((packed == blocks + padding) == format.packsRowsAsTheyAre)
    }
}

extension KernelFormat {
    /// The floats: what is copied is not arranged anew.
    fileprivate var packsRowsAsTheyAre: Bool { row.block_size == 1 }

    /// The rows as `ck_pack` arranges them, in whole bands.
    fileprivate func packed(_ blocks: [UInt8], rows: Int, length: Int) -> [UInt8] {
        let stride = length / row.block_size * row.block_bytes
        let band = Int(CK_BAND_ROWS)
        // What was there before must not matter.
        var packed = [UInt8](repeating: 0xA5, count: (rows + band - 1) / band * band * stride)
        var format = row
        ck_pack(&format, rows, length, blocks, stride, &packed)
        return packed
    }
}

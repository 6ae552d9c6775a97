import CKernels
import TestSupport
import Testing

@Suite("Quantizing activations")
struct ActivationTests {
    static let fast = KernelTable.fast.flatMap(\.formats)

    @Test("fast and generic code write the same bytes", arguments: fast)
    func sameBytes(format: KernelFormat) throws {
        let reference = try #require(format.genericTwin)
        var numbers = SampleNumbers(seed: 31)
        let unit = max(32, format.row.block_size)
        for length in [unit, 2 * unit, 5 * unit] {
            var columns = (0..<4).map { _ in numbers.floats(length) }
            columns[1] = columns[1].map { $0 * 1e-30 }
            columns[2] = [Float](repeating: 0, count: length)
            columns[3][length / 2] = 1e4
            #expect(format.quantizeActivations(columns) == reference.quantizeActivations(columns))
        }
    }

    @Test(
        "BF16 activations are rounded to nearest, ties to even; NaN stays NaN", arguments: ["generic", "avx512_bf16"])
    func bfloat16(table: String) throws {
        guard let table = KernelTable(table) else { return }
        let format = try #require(table.formats.first { $0.activationName == "bfloat16" })
        let bits: [UInt32] = [
            0x3f80_7fff, 0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0xbf80_8001, 0x7f7f_ffff, 0xff80_0000, 0x7f80_0001,
            0xffff_ffff, 0x0000_8001, 0x8000_0000,
        ]
        let rounded: [UInt16] = [
            0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf81, 0x7f80, 0xff80, 0x7fc0, 0xffff, 0x0001, 0x8000,
        ]
        let bytes = format.quantizeActivations([bits.map(Float.init(bitPattern:))])
        let found = rounded.indices.map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
        #expect(found == rounded)
    }

    @Test("a column is a multiple of 64 bytes", arguments: KernelTable.generic?.formats ?? [])
    func columnBytes(format: KernelFormat) {
        for blocks in 1...9 {
            #expect(format.row.activation.pointee.bytes(blocks * format.row.block_size) % 64 == 0)
        }
    }

    @Test("values too small to scale become zero, infinite ones NaN", arguments: KernelTable.generic?.formats ?? [])
    func extremes(format: KernelFormat) throws {
        guard format.row.block_size > 1 else { return }
        let length = 256
        var numbers = SampleNumbers(seed: 41)
        let weights = format.sampleBlocks(length / format.row.block_size, &numbers)
        let tables = [KernelTable.generic].compactMap { $0 } + KernelTable.fast
        for same in tables.compactMap({ $0.format(format.row.gguf_id) }) {
            let tiny = same.quantizeActivations([[Float](repeating: 0x1p-140, count: length)])
            #expect(same.multiply(weights, rows: 1, activations: tiny, columns: 1, length: length) == [0])
            var values = numbers.floats(length)
            values[100] = -.infinity
            let infinite = same.quantizeActivations([values])
            let product = same.multiply(weights, rows: 1, activations: infinite, columns: 1, length: length)
            #expect(product.allSatisfy { $0.isNaN })
        }
    }
}

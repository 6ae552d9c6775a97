import CKernels
import JSON
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Dequantizing")
struct DequantizeTests {
    static let types = [
        "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
        "IQ4_NL", "IQ4_XS", "MXFP4",
    ]
    static let kinds = ["quantised", "random"]

    @Test("gives the same bits as ggml", arguments: types, kinds)
    func matchesGolden(type: String, kind: String) throws {
        let name = "dequant/\(Self.fileName(of: type)).\(kind)"
        try expectSameBits(type, raw: Vectors.data(name + ".bin"), values: Vectors.data(name + ".npy"))
    }

    @Test("gives the same bits as ggml on the full set", .enabled(if: Vectors.conformance != nil))
    func matchesFullSet() throws {
        let directory = try #require(Vectors.conformance).appending(path: "dequant")
        var cases = 0
        for type in QuantizationType.all where ck_find_format(ck_best_table(), type.ggufID) != nil {
            for kind in Self.kinds {
                let base = directory.appending(path: "\(Self.fileName(of: type.name)).\(kind)")
                guard let raw = try? Data(contentsOf: base.appendingPathExtension("bin")) else { continue }
                try expectSameBits(type.name, raw: raw, values: Data(contentsOf: base.appendingPathExtension("npy")))
                cases += 1
            }
        }
        print("conformance: \(cases) dequantize cases")
        #expect(cases >= 2 * Self.types.count)
    }

    @Test("every row's block agrees with the table of types", arguments: KernelTable.names.compactMap(KernelTable.init))
    func blockSizes(table: KernelTable) throws {
        for format in table.formats {
            let type = try #require(QuantizationType.withGGUFID(format.row.gguf_id))
            #expect(format.row.block_size == type.blockSize)
            #expect(format.row.block_bytes == type.bytesPerBlock)
        }
    }

    private func expectSameBits(_ type: String, raw: Data, values: Data) throws {
        let id = try #require(QuantizationType.named(type)?.ggufID)
        let expected = Self.floats(ofNPY: values)
        for table in KernelTable.names.compactMap(KernelTable.init) {
            let format = try #require(table.format(id))
            let found = format.dequantize([UInt8](raw), count: expected.count)
            let different = zip(found, expected).count { $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN) }
            #expect(different == 0, "\(format): \(different) of \(expected.count) values differ")
        }
    }

    /// The K types are written with a capital K in file names.
    private static func fileName(of type: String) -> String {
        type.lowercased().replacing("_k", with: "_K")
    }

    private static func floats(ofNPY data: Data) -> [Float] {
        let bytes = [UInt8](data)
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        return stride(from: start, to: bytes.count, by: 4).map { index in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) })
        }
    }
}

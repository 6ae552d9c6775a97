import GGUF
import SystemPackage
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A damaged or hostile GGUF file is refused with a reason, and never trusted")
struct HostileFileTests {
    /// A small file with every kind of value and two tensors.
    static func sample() throws -> [UInt8] {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["general.alignment"] = .uint32(8)
        writer.metadata["a"] = .array(GGUFArray(["one", "two"]))
        writer.metadata["b"] = .array(GGUFArray([Float(1), 2]))
        writer.metadata["c"] = .bool(true)
        writer.metadata["d"] = .uint64(9)
        guard let shape = TensorShape([4, 2]), let vector = TensorShape([2]) else { return [] }
        try writer.add("m", type: .f32, shape: shape, bytes: Array(0..<32))
        try writer.add("v", type: .f16, shape: vector, bytes: Array(0..<4))
        return try writer.bytes()
    }

    /// Opens the bytes and uses everything in them; returns whether they made a valid file.
    private func exercise(_ bytes: [UInt8]) throws(GGUFError) -> GGUFFile {
        let file = try GGUFFile(bytes: bytes)
        _ = file.descriptionLines()
        var sum = 0
        for tensor in file.tensors { for byte in tensor.bytes { sum &+= Int(byte) } }
        return file
    }

    @Test("cut at any byte, the file is refused")
    func truncation() throws {
        let whole = try Self.sample()
        let lastTensorEnd = whole.count - 4  // the padding after the last tensor may be missing
        _ = try exercise(whole)
        _ = try exercise(Array(whole[..<lastTensorEnd]))
        for length in 0..<lastTensorEnd {
            #expect(throws: GGUFError.self, "cut to \(length) bytes") { try exercise(Array(whole[..<length])) }
        }
    }

    @Test("with any bit of its description flipped, the file is refused or still consistent")
    func bitFlips() throws {
        let whole = try Self.sample()
        let dataOffset = try GGUFFile(bytes: whole).dataOffset
        var refused = 0
        for byte in 0..<dataOffset {
            for bit in 0..<8 {
                var damaged = whole
                damaged[byte] ^= 1 << bit
                do throws(GGUFError) {
                    _ = try exercise(damaged)
                } catch {
                    refused += 1
                    #expect(!error.description.isEmpty)
                }
            }
        }
        #expect(refused > dataOffset)
    }

    private static func header(tensors: UInt64 = 0, entries: UInt64 = 0) -> [UInt8] {
        Array("GGUF".utf8) + bytes(UInt32(3)) + bytes(tensors) + bytes(entries)
    }
    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    private static func string(_ text: String) -> [UInt8] { bytes(UInt64(text.utf8.count)) + Array(text.utf8) }

    static let giantClaims: [(String, [UInt8])] = {
        let padding = [UInt8](repeating: 0, count: 64)
        let array = string("k") + bytes(UInt32(9))
        let tensor = string("t") + bytes(UInt32(2))
        var claims: [(String, [UInt8])] = []
        for claim in [UInt64.max, 1 << 63, UInt64(Int.max), 1 << 40, 1000] {
            claims.append(("\(claim) tensors", header(tensors: claim) + padding))
            claims.append(("\(claim) entries", header(entries: claim) + padding))
            claims.append(("a key of \(claim) bytes", header(entries: 1) + bytes(claim) + padding))
            claims.append(
                ("text of \(claim) bytes", header(entries: 1) + string("k") + bytes(UInt32(8)) + bytes(claim) + padding)
            )
            for type in GGUFValueType.allCases {
                claims.append(
                    (
                        "an array of \(claim) \(type)",
                        header(entries: 1) + array + bytes(type.rawValue) + bytes(claim) + padding
                    ))
            }
            claims.append(
                (
                    "a tensor of \(claim) rows",
                    header(tensors: 1) + tensor + bytes(UInt64(32)) + bytes(claim) + bytes(UInt32(0)) + bytes(UInt64(0))
                        + padding
                ))
            claims.append(
                (
                    "a tensor of \(claim) × \(claim)",
                    header(tensors: 1) + tensor + bytes(claim) + bytes(claim) + bytes(UInt32(0)) + bytes(UInt64(0))
                        + padding
                ))
            claims.append(
                (
                    "a tensor at \(claim)",
                    header(tensors: 1) + tensor + bytes(UInt64(1)) + bytes(UInt64(1)) + bytes(UInt32(0))
                        + bytes(claim & ~31) + padding
                ))
            claims.append(
                (
                    "a tensor with \(claim) dimensions",
                    header(tensors: 1) + string("t") + bytes(UInt32(truncatingIfNeeded: claim) | 5) + padding
                ))
        }
        return claims
    }()

    @Test("a tiny file that claims to be giant is refused before anything is allocated")
    func giantClaims() {
        for (what, bytes) in Self.giantClaims {
            #expect(throws: GGUFError.self, "\(what)") { try GGUFFile(bytes: bytes) }
        }
    }

    @Test("a sparse file that describes itself over terabytes is refused, not read")
    func sparseDescriptions() throws {
        let names: [(what: String, bytes: [UInt8], error: GGUFError)] = [
            (
                "an array of empty texts",
                Self.header(entries: 1) + Self.string("k") + Self.bytes(UInt32(9)) + Self.bytes(UInt32(8))
                    + Self.bytes(UInt64(1) << 36),
                .descriptionTooLarge(256 << 20)
            ),
            (
                "a text",
                Self.header(entries: 1) + Self.string("k") + Self.bytes(UInt32(8)) + Self.bytes(UInt64(1) << 39),
                .descriptionTooLarge(256 << 20)
            ),
            ("tensors without names", Self.header(tensors: 1 << 20, entries: 0), .duplicateTensor("")),
            ("keys without names", Self.header(entries: 1 << 20), .duplicateKey("")),
        ]
        for (what, bytes, error) in names {
            let url = FileManager.default.temporaryDirectory.appending(path: "apus-sparse-\(UUID().uuidString)")
            try Data(bytes).write(to: url)
            defer { try? FileManager.default.removeItem(at: url) }
            let file = try FileDescriptor.open(FilePath(url.path), .writeOnly)
            try file.closeAfter { try file.resize(to: 1 << 40) }
            #expect(throws: error, "\(what)") { try GGUFFile(contentsOf: FilePath(url.path)) }
        }
    }

    @Test("twenty thousand tensors with the longest names open; longer names are refused")
    func longNames() throws {
        func file(count: Int, nameLength: Int) throws -> GGUFFile {
            let tail = String(repeating: "n", count: nameLength - 5)
            var bytes = Self.header(tensors: UInt64(count), entries: 0)
            for index in 0..<count {
                let digits = String(index)
                let name = String(repeating: "0", count: 5 - digits.count) + digits + tail
                bytes += Self.string(name) + Self.bytes(UInt32(1)) + Self.bytes(UInt64(0)) + Self.bytes(UInt32(0))
                bytes += Self.bytes(UInt64(0))
            }
            return try GGUFFile(bytes: bytes)
        }
        let opened = try file(count: 20_000, nameLength: 1024)
        #expect(opened.tensors.count == 20_000)
        #expect(opened.tensor(named: opened.tensors[19_999].name) != nil)
        #expect(throws: GGUFError.nameTooLong(length: 1025, offset: 24)) { try file(count: 1, nameLength: 1025) }
    }

    @Test("one long name does not widen the line of every tensor, and an error is short whatever a file calls things")
    func longLines() throws {
        var writer = GGUFWriter()
        let shape = try #require(TensorShape([1]))
        for name in ["a", String(repeating: "n", count: 1000)] {
            try writer.add(name, type: .f32, shape: shape, bytes: [0, 0, 0, 0])
        }
        let lines = try GGUFFile(bytes: writer.bytes()).descriptionLines()
        #expect(lines.first { $0.hasPrefix("a ") }.map { $0.count < 100 } == true)
        #expect("\(GGUFError.duplicateKey(String(repeating: "k", count: 60_000)))".utf8.count < 600)
    }

    @Test("arrays nested without end are refused")
    func nesting() {
        var bytes = Self.header(entries: 1) + Self.string("k") + Self.bytes(UInt32(9))
        for _ in 0..<10_000 { bytes += Self.bytes(UInt32(9)) + Self.bytes(UInt64(1)) }
        bytes += Self.bytes(UInt32(0)) + Self.bytes(UInt64(0))
        #expect { try GGUFFile(bytes: bytes) } throws: { error in
            if case .nestedTooDeeply(key: "k", _)? = error as? GGUFError { true } else { false }
        }
    }

    @Test("each inconsistency has its own error")
    func inconsistencies() throws {
        func entry(_ key: String) -> [UInt8] { Self.string(key) + Self.bytes(UInt32(0)) + [1] }
        func tensor(_ name: String, offset: UInt64, type: UInt32 = 0, row: UInt64 = 1) -> [UInt8] {
            Self.string(name) + Self.bytes(UInt32(1)) + Self.bytes(row) + Self.bytes(type) + Self.bytes(offset)
        }
        let data = [UInt8](repeating: 0, count: 256)
        func open(tensors: [[UInt8]], entries: [[UInt8]] = []) throws(GGUFError) -> GGUFFile {
            let header = Self.header(tensors: UInt64(tensors.count), entries: UInt64(entries.count))
            return try GGUFFile(bytes: header + entries.joined() + tensors.joined() + data)
        }
        let alignment = Self.string("general.alignment") + Self.bytes(UInt32(4))
        #expect(throws: GGUFError.duplicateKey("k")) { try open(tensors: [], entries: [entry("k"), entry("k")]) }
        #expect(throws: GGUFError.duplicateTensor("t")) {
            try open(tensors: [tensor("t", offset: 0), tensor("t", offset: 32)])
        }
        #expect(throws: GGUFError.overlappingTensors("t", "u")) {
            try open(tensors: [tensor("u", offset: 32), tensor("t", offset: 0, row: 9)])
        }
        #expect(throws: GGUFError.misalignedTensor("t", offset: 8)) { try open(tensors: [tensor("t", offset: 8)]) }
        #expect(throws: GGUFError.tensorOutsideFile("t")) { try open(tensors: [tensor("t", offset: 1024)]) }
        #expect(throws: GGUFError.unknownTensorType(4, tensor: "t")) {
            try open(tensors: [tensor("t", offset: 0, type: 4)])
        }
        #expect(throws: GGUFError.badShape(tensor: "t", reason: "has rows of 33, no multiple of a block of Q8_0")) {
            try open(tensors: [tensor("t", offset: 0, type: 8, row: 33)])
        }
        #expect(throws: GGUFError.badAlignment("33")) {
            try open(tensors: [], entries: [alignment + Self.bytes(UInt32(33))])
        }
        #expect(throws: GGUFError.badAlignment("0")) {
            try open(tensors: [], entries: [alignment + Self.bytes(UInt32(0))])
        }
        #expect(throws: GGUFError.unknownValueType(13, key: "k", offset: 33)) {
            try open(tensors: [], entries: [Self.string("k") + Self.bytes(UInt32(13)) + [1]])
        }
        #expect(throws: GGUFError.invalidUTF8(part: "a metadata key", offset: 24)) {
            try open(tensors: [], entries: [Self.bytes(UInt64(1)) + [0xFF] + Self.bytes(UInt32(0)) + [1]])
        }
        let empty = try open(tensors: [tensor("t", offset: 0, row: 0), tensor("u", offset: 0)])
        #expect(empty.tensor(named: "t")?.bytes.count == 0)
    }
}

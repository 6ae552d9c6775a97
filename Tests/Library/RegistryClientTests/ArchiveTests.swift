import JSON
import LibraryTestSupport
import PackageIndexClient
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct PackedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let size: Int
    let checksum: UInt32
    let packed: [UInt8]
    var testDescription: String { name }

    static let all: [PackedCase] = {
        guard let data = try? Vectors.data("library/deflate.json"),
            let cases = try? JSONParser.parse([UInt8](data)).arrayValue
        else { return [] }
        return cases.compactMap { json in
            guard let name = json["name"]?.stringValue, let size = json["size"]?.intValue,
                let checksum = json["crc32"]?.intValue, let text = json["deflated"]?.stringValue,
                let packed = Data(base64Encoded: text)
            else { return nil }
            return PackedCase(
                name: name, size: size, checksum: UInt32(truncatingIfNeeded: checksum), packed: [UInt8](packed))
        }
    }()

    /// Hands out the packed bytes in pieces of `step`, and gives what comes out.
    static func unpack(_ packed: [UInt8], limit: Int, step: Int = 4096) throws -> [UInt8] {
        var position = 0
        var result: [UInt8] = []
        let inflater = Inflater(limit: limit) { buffer in
            let count = min(step, buffer.count, packed.count - position)
            packed.withUnsafeBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
            }
            position += count
            return count
        } sink: {
            result.append(contentsOf: $0)
        }
        try inflater.run()
        return result
    }
}

@Suite("Unpacking DEFLATE data")
struct InflaterTests {
    @Test("what zlib packs comes out as it went in", arguments: PackedCase.all)
    func golden(packed: PackedCase) throws {
        for step in [1, 7, 65536] where packed.packed.count < 20_000 || step > 7 {
            let result = try PackedCase.unpack(packed.packed, limit: packed.size, step: step)
            #expect(result.count == packed.size)
            var checksum = CRC32()
            result.withUnsafeBytes { checksum.update($0) }
            #expect(checksum.value == packed.checksum)
        }
    }

    @Test("all the golden cases are there")
    func count() {
        #expect(PackedCase.all.count == 12)
    }

    @Test("data that are cut short, too long or too short for their size are refused")
    func wrongSizes() throws {
        for packed in PackedCase.all where packed.size > 1 && packed.size < 70_000 {
            #expect(throws: ArchiveError.self) { try PackedCase.unpack(packed.packed, limit: packed.size - 1) }
            #expect(throws: ArchiveError.self) { try PackedCase.unpack(packed.packed, limit: packed.size + 1) }
            for cut in [0, 1, packed.packed.count / 2, packed.packed.count - 1] {
                #expect(throws: ArchiveError.self) {
                    try PackedCase.unpack(Array(packed.packed.prefix(cut)), limit: packed.size)
                }
            }
        }
    }

    @Test(
        "invalid data are refused",
        arguments: [
            [0x07], [0x00, 1, 0, 0, 0, 9], [0x03, 0x00].dropLast(), [0x4B, 0x04, 0x06], [0xED, 0xFF, 0xFF],
            [0x05, 0, 0, 0, 0, 0, 0], [0x63, 0x00, 0x00].map { $0 | 0x18 },
        ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        #expect(throws: ArchiveError.self) { try PackedCase.unpack(bytes, limit: 1000) }
    }

    @Test("damaged data end in an error or in bytes, never in a crash or without end", arguments: 0..<24)
    func fuzz(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let cases = PackedCase.all.filter { $0.packed.count < 10_000 && $0.size < 70_000 }
        for _ in 0..<20 {
            guard var packed = cases.randomElement(using: &random)?.packed, !packed.isEmpty else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                packed[Int.random(in: 0..<packed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let result = try? PackedCase.unpack(packed, limit: 60_000)
            #expect(result == nil || result?.count == 60_000)
        }
    }

    @Test("the checksum is that of the bits, whatever the length")
    func checksum() {
        var random = SeededGenerator(seed: 1)
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 100] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            var checksum = CRC32()
            bytes.prefix(3).withUnsafeBytes { checksum.update($0) }
            bytes.dropFirst(3).withUnsafeBytes { checksum.update($0) }
            #expect(checksum.value == WheelBuilder.crc(bytes))
        }
    }
}

@Suite("Reading ZIP archives")
struct ZIPArchiveTests {
    private let folder: TemporaryStore
    private let text = Array("The quick brown fox".utf8)

    init() throws {
        folder = try TemporaryStore()
    }

    private func open(_ bytes: [UInt8]) throws -> ZIPArchive {
        try ZIPArchive(contentsOf: folder.write(bytes, to: "archive.zip"))
    }

    private func contents(_ builder: WheelBuilder) throws -> [[UInt8]] {
        let archive = try open(builder.bytes())
        return try archive.entries.map { try archive.contents(of: $0, limit: 1 << 20) }
    }

    @Test("stored and deflated entries, plain and wide, with a comment", arguments: [false, true])
    func read(isWide: Bool) throws {
        var builder = WheelBuilder()
        builder.isWide = isWide
        builder.comment = Array("PK\u{5}\u{6} a comment".utf8)
        builder.add("a/stored.txt", text)
        let packed = PackedCase.all[3]
        builder.add("b.bin", text, deflated: WheelBuilder.storedBlocks(text))
        builder.add("empty", [])
        builder.add("zlib", try PackedCase.unpack(packed.packed, limit: packed.size), deflated: packed.packed)
        let archive = try open(builder.bytes())
        #expect(archive.entries.map(\.name) == ["a/stored.txt", "b.bin", "empty", "zlib"])
        let contents = try contents(builder)
        #expect(contents.prefix(3) == [text, text, []])
        #expect(contents[3].count == packed.size)
    }

    @Test("an archive that lies is refused")
    func lies() throws {
        func broken(_ change: (inout WheelBuilder) -> Void) -> WheelBuilder {
            var builder = WheelBuilder()
            builder.add("a", text)
            change(&builder)
            return builder
        }
        for builder in [
            broken { $0.entries[0].checksum ^= 1 }, broken { $0.entries[0].size += 1 },
            broken { $0.entries[0].size = 0xFFFF_FFFF }, broken { $0.entries[0].method = 12 },
            broken { $0.entries[0].headerName = "b" }, broken { $0.extraCount = 1 },
            broken { $0.add("a", text) }, broken { $0.entries[0].method = 8 },
            broken {
                $0.isWide = true
                $0.entries[0].size = .max
            },
            broken {
                $0.entries[0].method = 8
                $0.entries[0].size = 1 << 30
            },
        ] {
            #expect(throws: ArchiveError.self) { try contents(builder) }
        }
    }

    @Test("what is no archive, or a part of one, is refused; a damaged one never crashes")
    func damage() throws {
        for bytes in [[], [1], Array("PK".utf8), [UInt8](repeating: 0, count: 100)] {
            #expect(throws: ArchiveError.notAnArchive) { try open(bytes) }
        }
        var random = SeededGenerator(seed: 3)
        for isWide in [false, true] {
            var builder = WheelBuilder()
            builder.isWide = isWide
            builder.add("a", text)
            builder.add("b", text, deflated: WheelBuilder.storedBlocks(text))
            let whole = builder.bytes()
            for cut in 0..<whole.count {
                #expect(throws: ArchiveError.self) {
                    let archive = try open(Array(whole[..<cut]))
                    for entry in archive.entries { _ = try archive.contents(of: entry, limit: 1000) }
                }
            }
            for _ in 0..<500 {
                var bytes = whole
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                guard let archive = try? open(bytes) else { continue }
                for entry in archive.entries { _ = try? archive.contents(of: entry, limit: 1000) }
            }
        }
    }
}

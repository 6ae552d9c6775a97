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

@Suite("A model split over several files is one model")
struct SplitFileTests {
    /// The keys that number a part.
    struct Numbers {
        var index: GGUFValue? = nil
        var count: GGUFValue? = .uint16(3)
        var tensorCount: GGUFValue? = .int32(3)
        var architecture: GGUFValue? = nil
    }

    /// A folder that is removed with this value.
    final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID())")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> FilePath { FilePath(url.appending(path: name).path) }

        func part(_ index: Int) -> FilePath { path("model-0000\(index + 1)-of-00003.gguf") }

        /// Writes a part with one tensor, `t0` in the first part.
        func write(_ index: Int, _ numbers: Numbers = Numbers(), tensor: String? = nil, to path: FilePath? = nil) throws
        {
            var writer = GGUFWriter()
            writer.metadata["general.architecture"] = index == 0 ? .string("llama") : numbers.architecture
            writer.metadata["split.no"] = numbers.index ?? .uint16(UInt16(index))
            writer.metadata["split.count"] = numbers.count
            writer.metadata["split.tensors.count"] = numbers.tensorCount
            let shape = try #require(TensorShape([4]))
            try writer.add(
                tensor ?? "t\(index)", type: .f32, shape: shape, bytes: Array(repeating: UInt8(index), count: 16))
            try writer.write(to: path ?? part(index))
        }
    }

    @Test("gguf-py's parts are opened by the first")
    func splitByOther() throws {
        let file = try GGUFFile(contentsOf: GGUFFileTests.path("split-00001-of-00003.gguf"))
        #expect(file.partCount == 3)
        #expect(file.metadata["general.name"] == .string("split"))
        #expect(file.tensors.map(\.name) == ["t0", "t1", "t2", "t3", "t4"])
        for (index, tensor) in file.tensors.enumerated() {
            #expect(tensor.shape.dimensions == [3, 2])
            #expect(Array(tensor.bytes.bindMemory(to: Float.self)) == Array(repeating: Float(index), count: 6))
            #expect(file.tensor(named: "t\(index)")?.bytes.baseAddress == tensor.bytes.baseAddress)
        }
        #expect(file.descriptionLines()[0] == "GGUF version 3, 5 metadata entries, 5 tensors in 3 files")
        #expect(file.isIntact)
    }

    @Test("a part can be looked at alone")
    func onePart() throws {
        let file = try GGUFFile(partAt: GGUFFileTests.path("split-00002-of-00003.gguf"))
        #expect(file.tensors.map(\.name) == ["t2", "t3"])
    }

    @Test("another part than the first says which file to open")
    func notFirst() throws {
        let first = GGUFFileTests.path("split-00001-of-00003.gguf").string
        #expect(throws: GGUFError.notFirstPart(first, index: 1)) {
            try GGUFFile(contentsOf: GGUFFileTests.path("split-00002-of-00003.gguf"))
        }
        let folder = try Folder()
        try folder.write(2, to: folder.path("renamed.gguf"))
        #expect(throws: GGUFError.notFirstPart(nil, index: 2)) {
            try GGUFFile(contentsOf: folder.path("renamed.gguf"))
        }
        #expect(GGUFError.notFirstPart("a-00001-of-00002.gguf", index: 1).description.contains("a-00001-of-00002.gguf"))
    }

    @Test("parts whose names say nothing of each other are opened as a list")
    func namelessParts() throws {
        let folder = try Folder()
        let paths = (0..<3).map { folder.path("sha256-\($0)") }
        for (index, path) in paths.enumerated() { try folder.write(index, to: path) }
        #expect(throws: GGUFError.splitFile(count: 3)) { try GGUFFile(contentsOf: paths[0]) }
        #expect(throws: GGUFError.splitFile(count: 3)) {
            try GGUFFile(bytes: Data(contentsOf: URL(filePath: paths[0].string)))
        }
        let file = try GGUFFile(parts: paths)
        #expect(file.tensors.map(\.name) == ["t0", "t1", "t2"])
        #expect(throws: GGUFError.inFile(paths[0].string, .wrongPartCount(expected: 3, found: 2))) {
            try GGUFFile(parts: Array(paths.prefix(2)))
        }
        #expect(throws: GGUFError.inFile(paths[0].string, .wrongPartCount(expected: 3, found: 4))) {
            try GGUFFile(parts: paths + [paths[0]])
        }
        #expect(throws: GGUFError.notFirstPart(nil, index: 1)) {
            try GGUFFile(parts: paths.reversed().dropFirst() + [])
        }
        let whole = GGUFFileTests.path("v3.gguf")
        #expect(try GGUFFile(parts: [whole]).tensors.count == 3)
        #expect(throws: GGUFError.inFile(whole.string, .missingKey("split.count"))) {
            try GGUFFile(parts: [whole, paths[1]])
        }
        #expect(throws: GGUFError.self) { try GGUFFile(parts: []) }
    }

    @Test("a missing or damaged part is named")
    func damagedPart() throws {
        let folder = try Folder()
        try folder.write(0)
        try folder.write(1)
        #expect(
            throws: GGUFError.cannotOpen(path: folder.part(2).string, reason: "No such file or directory")
        ) { try GGUFFile(contentsOf: folder.part(0)) }
        for bytes in [[], Array("GGUF".utf8) + [3, 0, 0, 0], Array("something else, long enough".utf8)] {
            try Data(bytes).write(to: URL(filePath: folder.part(2).string))
            #expect {
                try GGUFFile(contentsOf: folder.part(0))
            } throws: { error in
                "\(error)".hasPrefix("\(folder.part(2)): ")
            }
        }
        try folder.write(2)
        #expect(try GGUFFile(contentsOf: folder.part(0)).tensors.count == 3)
    }

    @Test("a part that contradicts the first is refused with the key's name")
    func contradictions() throws {
        let folder = try Folder()
        try folder.write(0)
        try folder.write(1)
        func check(_ numbers: Numbers, tensor: String? = nil, _ expected: GGUFError) throws {
            try folder.write(2, numbers, tensor: tensor)
            #expect(throws: expected) { try GGUFFile(contentsOf: folder.part(0)) }
        }
        let last = folder.part(2).string
        func contradicts(_ key: String, _ value: String, _ expected: String) -> GGUFError {
            .inFile(last, .contradictsFirstPart(key: key, value: value, expected: expected))
        }
        try check(Numbers(index: .uint16(1)), contradicts("split.no", "1", "2"))
        try check(Numbers(count: .uint16(4)), contradicts("split.count", "4", "3"))
        try check(Numbers(count: nil), .inFile(last, .missingKey("split.count")))
        try check(Numbers(tensorCount: .int32(4)), contradicts("split.tensors.count", "4", "3"))
        try check(Numbers(architecture: .string("bert")), contradicts("general.architecture", "bert", "llama"))
        try check(
            Numbers(index: .string("2")),
            .inFile(last, .wrongType(key: "split.no", expected: "an integer", found: "string")))
        try check(Numbers(), tensor: "t0", .duplicateTensor("t0"))
    }

    @Test("a first part with impossible numbers is refused with the key's name")
    func impossibleNumbers() throws {
        let folder = try Folder()
        for index in 0..<3 { try folder.write(index) }
        let first = folder.part(0).string
        func check(_ numbers: Numbers, _ expected: GGUFError) throws {
            try folder.write(0, numbers)
            #expect(throws: GGUFError.inFile(first, expected)) { try GGUFFile(contentsOf: folder.part(0)) }
        }
        for count: GGUFValue in [.int32(-1), .uint16(513), .uint64(1 << 40)] {
            try folder.write(0, Numbers(count: count))
            #expect {
                try GGUFFile(contentsOf: folder.part(0))
            } throws: { error in
                "\(error)".hasPrefix("\(first): metadata 'split.count' is ")
            }
        }
        try check(
            Numbers(index: .int32(3)),
            .valueOutOfRange(key: "split.no", value: "3", expected: "a split into 3 parts"))
        try check(Numbers(tensorCount: nil), .missingKey("split.tensors.count"))
        for wrong in [2, 4, -1] {
            for index in 0..<3 { try folder.write(index, Numbers(tensorCount: .int32(Int32(wrong)))) }
            try check(
                Numbers(tensorCount: .int32(Int32(wrong))),
                .wrongTensorCount(key: "split.tensors.count", expected: wrong, found: 3))
        }
    }
}

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

@Suite("GGUF files are read as llama.cpp's writer means them")
struct GGUFFileTests {
    static func path(_ name: String) -> FilePath {
        FilePath(Vectors.directory.appending(path: "gguf/\(name)").path)
    }

    @Test("every type of value written by gguf-py reads back", arguments: ["v2.gguf", "v3.gguf", "aligned64.gguf"])
    func values(name: String) throws {
        let file = try GGUFFile(contentsOf: Self.path(name))
        let metadata = file.metadata
        #expect(file.version == (name == "v2.gguf" ? 2 : 3))
        #expect(file.alignment == (name == "aligned64.gguf" ? 64 : 32))
        #expect(metadata.architecture == "llama")
        #expect(metadata["general.name"] == .string("a näme"))
        #expect(metadata["test.uint8"] == .uint8(255))
        #expect(metadata["test.int8"] == .int8(-128))
        #expect(metadata["test.uint16"] == .uint16(65535))
        #expect(metadata["test.int16"] == .int16(-32768))
        #expect(metadata["test.uint32"] == .uint32(.max))
        #expect(metadata["test.int32"] == .int32(.min))
        #expect(metadata["test.uint64"] == .uint64(.max))
        #expect(metadata["test.int64"] == .int64(.min))
        #expect(metadata["test.float32"] == .float32(0.1))
        #expect(metadata["test.float64"] == .float64(0.1))
        #expect(metadata["test.true"] == .bool(true))
        #expect(metadata["test.false"] == .bool(false))
        #expect(try metadata.require("test.strings", as: [String].self) == ["", "b", "日本", "\n"])
        #expect(try metadata.require("test.integers", as: [Int].self) == [1, -2, 3])
        #expect(try metadata.require("test.floats", as: [Float].self) == [0.5, 1.5])
        let nested = try metadata.require("test.nested", as: [[Int]].self)
        #expect(nested == [[1, 2], [3]])
        #expect(
            metadata.keys.prefix(2) == [
                "general.architecture", name == "aligned64.gguf" ? "general.alignment" : "general.name",
            ])
    }

    @Test("tensors have their bytes, shapes and types", arguments: ["v2.gguf", "v3.gguf", "aligned64.gguf"])
    func tensors(name: String) throws {
        let file = try GGUFFile(contentsOf: Self.path(name))
        #expect(file.tensors.map(\.name) == ["f32", "f16", "q8_0"])
        let f32 = try #require(file.tensor(named: "f32"))
        #expect(f32.shape.dimensions == [3, 2])
        #expect(f32.type == .f32)
        #expect(Array(f32.bytes.bindMemory(to: Float.self)) == [0, 1, 2, 3, 4, 5])
        let q8 = try #require(file.tensor(named: "q8_0"))
        #expect(q8.shape.dimensions == [32, 2])
        #expect(q8.type == .q8_0)
        #expect(Array(q8.bytes) == (0..<68).map { UInt8($0) })
        #expect(file.tensor(named: "absent") == nil)
        for tensor in file.tensors {
            #expect(Int(bitPattern: tensor.bytes.baseAddress) % file.alignment == 0)
        }
    }

    @Test("a tensor keeps the file mapped after the file's value is gone")
    func tensorOutlivesFile() throws {
        let tensor = try #require(try GGUFFile(contentsOf: Self.path("v3.gguf")).tensor(named: "f32"))
        #expect(tensor.bytes.loadUnaligned(fromByteOffset: 4, as: Float.self) == 1)
    }

    @Test("what is no little-endian GGUF file is named")
    func otherFiles() {
        #expect(throws: GGUFError.bigEndian) { try GGUFFile(contentsOf: Self.path("big-endian.gguf")) }
        #expect(throws: GGUFError.notGGUF) { try GGUFFile(contentsOf: Self.path("README.md")) }
        #expect(throws: GGUFError.notGGUF) { try GGUFFile(bytes: []) }
        #expect(throws: GGUFError.unsupportedVersion(1)) { try GGUFFile(bytes: Array("GGUF".utf8) + [1, 0, 0, 0]) }
        #expect(throws: GGUFError.unsupportedVersion(4)) { try GGUFFile(bytes: Array("GGUF".utf8) + [4, 0, 0, 0]) }
        #expect(throws: GGUFError.cannotOpen(path: "/", reason: "not a regular file")) {
            try GGUFFile(contentsOf: "/")
        }
        #expect(throws: GGUFError.cannotOpen(path: "/absent.gguf", reason: "No such file or directory")) {
            try GGUFFile(contentsOf: "/absent.gguf")
        }
    }

    @Test("the description names every key and tensor, with long values abbreviated")
    func description() throws {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["long"] = .string(String(repeating: "x", count: 1000))
        writer.metadata["many"] = .array(GGUFArray((0..<100).map { "t\($0)" }))
        let shape = try #require(TensorShape([2, 1]))
        try writer.add("weight", type: .f32, shape: shape, bytes: Array(repeating: 0, count: 8))
        let lines = try GGUFFile(bytes: writer.bytes()).descriptionLines()
        #expect(lines[0] == "GGUF version 3, 3 metadata entries, 1 tensors")
        #expect(lines[2] == #"general.architecture = "llama""#)
        #expect(lines[3].hasSuffix("xxx\"… (1000 bytes)"))
        #expect(lines[4] == #"many = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", … 100 in all]"#)
        #expect(lines[6] == "weight  F32  [2, 1]")
    }

    @Test("every model of the conformance set opens", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let root = try #require(Vectors.conformance)
        var opened = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) where path.hasSuffix(".gguf") {
            let file = try GGUFFile(contentsOf: FilePath(root.appending(path: path).path))
            #expect(!file.metadata.keys.isEmpty)
            #expect(!file.descriptionLines().isEmpty)
            opened += 1
        }
        #expect(opened > 0)
        print("conformance: \(opened) GGUF files")
    }
}

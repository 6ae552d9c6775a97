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

@Suite("What the writer writes, the reader reads")
struct GGUFWriterTests {
    @Test("a file written anew from gguf-py's is equal to it", arguments: ["v2.gguf", "v3.gguf", "aligned64.gguf"])
    func rewriting(name: String) throws {
        let original = try Array(Vectors.data("gguf/\(name)"))
        let file = try GGUFFile(bytes: original)
        var writer = GGUFWriter()
        writer.version = file.version
        writer.metadata = file.metadata
        for tensor in file.tensors { try writer.add(tensor) }
        #expect(try writer.bytes() == original)
    }

    @Test("a written file opens from disk with the same contents")
    func onDisk() throws {
        let path = FilePath(FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID()).gguf").path)
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["tokens"] = .array(GGUFArray(byteStrings: [[0xFF, 0], []]))
        writer.metadata["flags"] = .array(GGUFArray([true, false]))
        let shape = try #require(TensorShape([64, 3]))
        let pieces = [[UInt8](repeating: 1, count: 100), [UInt8](repeating: 2, count: 104)]
        try writer.add("pieces", type: .q8_0, shape: shape) { sink in
            for piece in pieces { try piece.withUnsafeBytes { try sink($0) } }
        }
        try writer.write(to: path)
        let file = try GGUFFile(contentsOf: path)
        #expect(file.metadata == writer.metadata)
        let tensor = try #require(file.tensor(named: "pieces"))
        #expect(Array(tensor.bytes) == Array(pieces.joined()))
    }

    @Test("a tensor with the wrong number of bytes is refused")
    func wrongByteCount() throws {
        let shape = try #require(TensorShape([2]))
        var writer = GGUFWriter()
        try writer.add("t", type: .f32, shape: shape, bytes: [1, 2, 3])
        #expect(throws: GGUFError.wrongByteCount(tensor: "t", expected: 8, found: 3)) { try writer.bytes() }
        #expect(throws: GGUFError.badShape(tensor: "q", reason: "of shape [2] cannot be stored as Q8_0")) {
            try writer.add("q", type: .q8_0, shape: shape, bytes: [])
        }
    }
}

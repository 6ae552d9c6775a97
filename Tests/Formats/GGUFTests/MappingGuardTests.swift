import GGUF
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A mapped file that is cut reads as zeros and says so")
struct MappingGuardTests {
    private static let page = 65_536

    /// Runs `body` with the path of a file of ones.
    private func withFile(pages: Int, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)").path
        try Data(repeating: 1, count: pages * Self.page).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func cut(_ path: String, to bytes: Int) throws {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly)
        defer { try? file.close() }
        try file.resize(to: Int64(bytes))
    }

    @Test("what is left can be read, the rest is zeros, and other mappings stay intact")
    func cutFile() throws {
        try withFile(pages: 4) { path in
            let other = try MappedFile(contentsOf: FilePath(path))
            #expect(other.bytes[3 * Self.page] == 1)
            let file = try MappedFile(contentsOf: FilePath(path))
            #expect(file.bytes.allSatisfy { $0 == 1 })
            #expect(file.isIntact)
            try cut(path, to: 2 * Self.page)
            #expect(file.bytes[Self.page] == 1)
            #expect(file.isIntact)
            #expect(file.bytes[2 * Self.page] == 0)
            #expect(!file.isIntact)
            #expect(file.bytes.reduce(0) { $0 + Int($1) } == 2 * Self.page)
            #expect(other.isIntact)
        }
    }

    @Test("many threads that read at once go on")
    func threads() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pages in 2..<10 {
                group.addTask {
                    try withFile(pages: pages) { path in
                        let file = try MappedFile(contentsOf: FilePath(path))
                        try cut(path, to: Self.page)
                        #expect(file.bytes.reduce(0) { $0 + Int($1) } == Self.page)
                        #expect(!file.isIntact)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("places are used again, and a file that was opened anew is intact")
    func reuse() throws {
        try withFile(pages: 2) { path in
            for _ in 0..<3000 { #expect(try MappedFile(contentsOf: FilePath(path)).isIntact) }
            let damaged = try MappedFile(contentsOf: FilePath(path))
            try cut(path, to: Self.page)
            #expect(damaged.bytes[Self.page] == 0)
            #expect(try MappedFile(contentsOf: FilePath(path)).bytes.count == Self.page)
            #expect(try MappedFile(contentsOf: FilePath(path)).isIntact)
        }
    }
}

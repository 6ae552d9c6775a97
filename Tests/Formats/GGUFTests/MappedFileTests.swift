import GGUF
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Mapped files")
struct MappedFileTests {
    private let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    /// Ranges of bytes in the middle of pages, of whole pages, and of everything.
    private let ranges = [0..<100_000, 10..<20, 4096..<8192, 5000..<90_001, 99_999..<100_000, 7..<7]

    @Test("pages that are given back are read again")
    func release() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "apus-mapped-\(UUID().uuidString)")
        try Data(content).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try MappedFile(contentsOf: FilePath(url.path))
        for range in ranges {
            let part = UnsafeRawBufferPointer(rebasing: file.bytes[range])
            file.willRead(part)
            #expect(Array(part) == Array(content[range]))
            file.release(part)
            #expect(Array(file.bytes) == content)
        }
    }

    @Test("a copy in memory is not given back, nor is memory of others")
    func others() throws {
        let copy = MappedFile(copying: content)
        let other = MappedFile(copying: content.reversed())
        for range in ranges {
            let part = UnsafeRawBufferPointer(rebasing: copy.bytes[range])
            copy.release(part)
            other.release(part)
            #expect(Array(copy.bytes) == content)
        }
    }
}

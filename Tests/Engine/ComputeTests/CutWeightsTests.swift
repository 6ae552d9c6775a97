import CPUBackend
import GGUF
import Locking
import SystemPackage
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Weights whose file is cut")
struct CutWeightsTests {
    private static let bytes = 1 << 20

    @Test("a read beyond the end of a file ends no worker", arguments: [1, 4])
    func workers(count: Int) throws {
        let files = try (0..<count).map { _ in try cutFile() }
        let pool = WorkerPool(workerCount: count)
        let arrived = Locked(0)
        let sums = Locked(0)
        // Each worker reads a file of its own, so that each meets a fault; a batch that is over has no late ones.
        pool.run { worker in
            arrived.withLock { $0 += 1 }
            while arrived.withLock({ $0 }) < count { usleep(100) }
            let sum = files[worker.index].bytes.reduce(0) { $0 + Int($1) }
            sums.withLock { $0 += sum }
        }
        #expect(sums.withLock { $0 } == 0)
        #expect(files.allSatisfy { !$0.isIntact })
    }

    /// A file that was cut to nothing after it was mapped.
    private func cutFile() throws -> MappedFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)").path
        try Data(repeating: 1, count: Self.bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let mapped = try MappedFile(contentsOf: FilePath(path))
        let file = try FileDescriptor.open(FilePath(path), .writeOnly)
        try file.closeAfter { try file.resize(to: 0) }
        return mapped
    }
}

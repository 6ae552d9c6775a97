import Crypto
import ModelLibrary
import SystemPackage

/// Hashes a file from the front while it is being written, as far as it has no holes; what an earlier try has left is
/// read again.
enum FrontierHash {
    static func digest(of file: PartialFile, tracker: DownloadTracker) async throws -> ModelLibrary.Digest {
        var hasher = SHA256()
        var position = 0
        let size = tracker.size
        while position < size {
            let frontier = tracker.frontier
            if frontier == position {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            try Task.checkCancellation()
            let (state, start) = (hasher, position)
            // Short turns, so that a cancellation is not long in coming.
            let end = min(frontier, start + (64 << 20))
            hasher = try await BlockingThreads.shared.run { try advance(state, over: start..<end, of: file) }
            position = end
        }
        return ModelLibrary.Digest(hasher.finalize())
    }

    private static func advance(_ hasher: SHA256, over range: Range<Int>, of file: PartialFile) throws -> SHA256 {
        var hasher = hasher
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileChunks.size, alignment: 64)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = min(buffer.count, range.upperBound - position)
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            guard count > 0 else {
                throw ModelLibraryError.fileSystem(operation: "read", path: file.path, .ioError)
            }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += count
        }
        return hasher
    }
}

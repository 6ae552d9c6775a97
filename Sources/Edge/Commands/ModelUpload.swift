import APIClient
import Crypto
import ModelLibrary
import SystemPackage

/// Brings a file of this machine into the server's store, for `create`.
enum ModelUpload {
    enum Step: Sendable {
        case hashing(completed: Int, total: Int)
        case copying(ModelLibrary.Digest, completed: Int, total: Int)
    }

    /// Hashes the file and sends it, unless the server has it already.
    static func send(
        _ path: FilePath, through client: OllamaClient, progress: (Step) -> Void
    ) async throws -> ModelLibrary.Digest {
        let size = try await BlockingThreads.shared.run { try path.fileSize() }
        let (hashed, hashing) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        async let hash = BlockingThreads.shared.run {
            defer { hashing.finish() }
            var hash = SHA256()
            var count = 0
            try FileChunks.forEach(in: path) { (bytes) throws(ModelLibraryError) in
                hash.update(bufferPointer: bytes)
                count += bytes.count
                hashing.yield(count)
            }
            return ModelLibrary.Digest(hash.finalize())
        }
        for await count in hashed { progress(.hashing(completed: count, total: size)) }
        let digest = try await hash
        guard try await !client.hasBlob(digest.description) else { return digest }
        let (sent, sending) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        async let upload: Void = {
            defer { sending.finish() }
            try await client.uploadBlob(path, digest: digest.description) { sending.yield($0) }
        }()
        for await count in sent { progress(.copying(digest, completed: count, total: size)) }
        try await upload
        return digest
    }
}

extension FilePath {
    /// Bytes of the file; a link is followed.
    fileprivate func fileSize() throws -> Int {
        let file = try FileDescriptor.open(self, .readOnly, options: [.closeOnExec, .nonBlocking])
        defer { try? file.close() }
        return Int(try file.seek(offset: 0, from: .end))
    }
}

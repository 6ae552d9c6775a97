package import SystemPackage

/// The content-addressed files of a store.
///
/// A blob appears under its name only whole and durable: it is written beside, synchronized and renamed. Whoever still
/// needs it holds a shared lock on it (`BlobLease`); only a blob without such a lock is ever removed.
package struct BlobStore: Sendable {
    package let directory: FilePath

    /// Text that goes with a model (template, licence, configuration) has no business being larger.
    package static let textLimit = 16 << 20

    package init(directory: FilePath) {
        self.directory = directory
    }

    /// The one place where a digest becomes a path.
    package func path(of digest: Digest) -> FilePath {
        directory.appending("sha256-" + digest.hex)
    }

    /// The size in bytes, or nil where the blob is absent.
    package func size(of digest: Digest) throws(ModelLibraryError) -> Int? {
        guard let status = try FileSystem.status(of: path(of: digest)) else { return nil }
        guard status.kind == .file else { throw .damagedBlob(digest, reason: "it is not a regular file") }
        return status.size
    }

    /// The content of a small blob, checked against its digest.
    package func read(_ digest: Digest, limit: Int = textLimit) throws(ModelLibraryError) -> [UInt8] {
        guard let size = try size(of: digest) else { throw .missingBlob(digest) }
        guard size <= limit else { throw .damagedBlob(digest, reason: "it is larger than \(limit) bytes") }
        let bytes = try FileSystem.read(path(of: digest), limit: limit)
        let actual = Digest(hashing: bytes)
        guard actual == digest else { throw .digestMismatch(expected: digest, actual: actual) }
        return bytes
    }

    /// Keeps a blob from being removed. Nil where it is absent.
    /// - Parameter touching: whether the blob counts as new from now on, as one about to be used in a new model does.
    package func lease(_ digest: Digest, touching: Bool = false) throws(ModelLibraryError) -> BlobLease? {
        let path = path(of: digest)
        // Each turn that fails has seen the blob removed; a blob does not come back often.
        for _ in 0..<8 {
            guard try size(of: digest) != nil else { return nil }
            let file: FileDescriptor
            do {
                file = try FileSystem.open(path, .readOnly)
            } catch .fileSystem(_, _, .noSuchFileOrDirectory) {
                return nil
            }
            do throws(ModelLibraryError) {
                try FileLock.lock(file, at: path, .shared)
                if try FileSystem.isOpen(file, at: path) {
                    if touching { FileSystem.touch(file) }
                    let size = try FileSystem.status(of: file, at: path).size
                    return BlobLease(digest: digest, path: path, size: size, file: file)
                }
                try? file.close()
            } catch {
                try? file.close()
                throw error
            }
        }
        return nil
    }

    /// Stores bytes that are in memory.
    package func store(_ bytes: [UInt8]) throws(ModelLibraryError) -> BlobLease {
        let digest = Digest(hashing: bytes)
        if let lease = try lease(digest, touching: true), lease.size == bytes.count { return lease }
        let writer = try makeWriter(expecting: digest)
        try writer.write(bytes)
        return try writer.commit()
    }

    /// Removes a blob unless someone holds a lease on it. Returns the bytes that were freed.
    func removeUnleased(_ digest: Digest) throws(ModelLibraryError) -> Int {
        try removeUnlocked(path(of: digest))
    }

    /// Removes a file unless someone holds a lock on it. Returns the bytes that were freed.
    func removeUnlocked(_ path: FilePath) throws(ModelLibraryError) -> Int {
        guard let status = try FileSystem.status(of: path) else { return 0 }
        guard status.kind == .file else {
            if status.kind == .symbolicLink { try FileSystem.remove(path) }
            return 0
        }
        let file: FileDescriptor
        do {
            file = try FileSystem.open(path, .readOnly)
        } catch .fileSystem(_, _, .noSuchFileOrDirectory) {
            return 0
        }
        defer { try? file.close() }
        guard try FileLock.tryLock(file, at: path, .exclusive), try FileSystem.isOpen(file, at: path) else { return 0 }
        try FileSystem.remove(path)
        return status.size
    }
}

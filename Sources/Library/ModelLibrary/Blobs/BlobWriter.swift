import Crypto
import Locking
package import SystemPackage

/// Writes a blob whose digest is found while its bytes pass.
///
/// Without `commit` nothing is left behind; after a crash the next clean-up removes what remains.
package final class BlobWriter: Sendable {
    private struct State {
        var hasher = SHA256()
        var written = 0
        var isFinished = false
    }
    private let store: BlobStore
    private let expected: Digest?
    private let path: FilePath
    private let file: FileDescriptor
    private let state = Locked(State())

    init(store: BlobStore, expected: Digest?) throws(ModelLibraryError) {
        self.store = store
        self.expected = expected
        try FileSystem.makeFolder(store.directory)
        path = store.directory.appending(TemporaryName.make())
        file = try FileSystem.open(
            path, .readWrite, options: [.create, .exclusiveCreate], permissions: FilePermissions(rawValue: 0o644))
        // The lock tells a clean-up, here or in another process, that the writer is alive.
        guard try FileLock.tryLock(file, at: path, .shared) else { throw .storeBusy(path) }
    }

    deinit {
        if !state.withLock({ $0.isFinished }) { try? FileSystem.remove(path) }
        if !state.withLock({ $0.isFinished }) { try? file.close() }
    }

    /// Bytes so far.
    package var written: Int { state.withLock { $0.written } }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(ModelLibraryError) {
        let error = state.withLock { state -> ModelLibraryError? in
            precondition(!state.isFinished, "a blob is not written after its commit")
            do throws(ModelLibraryError) {
                _ = try FileSystem.perform("write", path) { try file.writeAll(bytes) }
            } catch {
                return error
            }
            state.hasher.update(bufferPointer: bytes)
            state.written += bytes.count
            return nil
        }
        if let error { throw error }
    }

    package func write(_ bytes: [UInt8]) throws(ModelLibraryError) {
        let error = bytes.withUnsafeBytes { bytes -> ModelLibraryError? in
            do throws(ModelLibraryError) { try write(bytes) } catch { return error }
            return nil
        }
        if let error { throw error }
    }

    /// Gives the blob its name; it is durable when this returns, and stays for as long as the lease lives.
    package func commit() throws(ModelLibraryError) -> BlobLease {
        let (digest, size) = state.withLock { (Digest($0.hasher.finalize()), $0.written) }
        if let expected, expected != digest { throw .digestMismatch(expected: expected, actual: digest) }
        if let existing = store.wholeBlob(digest, size: size) { return existing }
        try FileSystem.synchronize(file, at: path)
        if let existing = try store.give(path, theNameOf: digest, size: size) { return existing }
        state.withLock { $0.isFinished = true }
        let lease = BlobLease(digest: digest, path: store.path(of: digest), size: size, file: file)
        try FileSystem.synchronize(store.directory)
        return lease
    }
}

extension BlobStore {
    /// - Parameter expecting: what the bytes must hash to; nil takes what comes.
    package func makeWriter(expecting digest: Digest? = nil) throws(ModelLibraryError) -> BlobWriter {
        try BlobWriter(store: self, expected: digest)
    }

    /// Copies a file into the store.
    /// - Parameter progress: told the bytes done; what it throws ends the copy.
    package func copy(
        _ source: FilePath, expecting digest: Digest? = nil,
        progress: (Int) throws(ModelLibraryError) -> Void = { (_) throws(ModelLibraryError) in }
    ) throws(ModelLibraryError) -> BlobLease {
        let writer = try makeWriter(expecting: digest)
        try FileChunks.forEach(in: source) { chunk throws(ModelLibraryError) in
            try writer.write(chunk)
            try progress(writer.written)
        }
        return try writer.commit()
    }

    /// Moves a file of the same file system into the store; it is gone from where it was.
    /// - Parameter progress: told the bytes hashed; what it throws ends the move and leaves the file where it was.
    package func adopt(
        _ source: FilePath, expecting digest: Digest? = nil,
        progress: (Int) throws(ModelLibraryError) -> Void = { (_) throws(ModelLibraryError) in }
    ) throws(ModelLibraryError) -> BlobLease {
        var hasher = SHA256()
        var size = 0
        try FileChunks.forEach(in: source) { chunk throws(ModelLibraryError) in
            hasher.update(bufferPointer: chunk)
            size += chunk.count
            try progress(size)
        }
        let actual = Digest(hasher.finalize())
        if let digest, digest != actual { throw .digestMismatch(expected: digest, actual: actual) }
        return try adopt(source, hashedAs: actual, size: size)
    }

    /// Moves a file whose digest the caller has found itself.
    package func adopt(_ source: FilePath, hashedAs digest: Digest, size: Int) throws(ModelLibraryError) -> BlobLease {
        let file = try FileSystem.open(source, .readWrite)
        do throws(ModelLibraryError) {
            try FileLock.lock(file, at: source, .shared)
            return try adopt(file, at: source, hashedAs: digest, size: size)
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Moves a file that the caller has open and locked; the lease takes over both. After an error the caller has them.
    package func adopt(
        _ file: FileDescriptor, at source: FilePath, hashedAs digest: Digest, size: Int
    ) throws(ModelLibraryError) -> BlobLease {
        func instead(_ existing: BlobLease) throws(ModelLibraryError) -> BlobLease {
            try FileSystem.remove(source)
            try? file.close()
            return existing
        }
        if let existing = wholeBlob(digest, size: size) { return try instead(existing) }
        try FileSystem.synchronize(file, at: source)
        if let existing = try give(source, theNameOf: digest, size: size) { return try instead(existing) }
        let destination = path(of: digest)
        try FileSystem.synchronize(directory)
        // Only now may an exclusive lock become a shared one: who waits for it would take the file for unfinished.
        try FileLock.lock(file, at: destination, .shared)
        guard try FileSystem.isOpen(file, at: destination) else { throw .missingBlob(digest) }
        return BlobLease(digest: digest, path: destination, size: size, file: file)
    }

    /// The blob where it is there in that size: a shorter one was damaged.
    fileprivate func wholeBlob(_ digest: Digest, size: Int) -> BlobLease? {
        guard let lease = try? lease(digest, touching: true), lease.size == size else { return nil }
        return lease
    }

    /// Renames a file that is whole and synchronized. A blob that has come to be there since stays, and is returned: who
    /// holds a lease on it would hold nothing if another file took its place.
    fileprivate func give(
        _ source: FilePath, theNameOf digest: Digest, size: Int
    ) throws(ModelLibraryError) -> BlobLease? {
        let destination = path(of: digest)
        for _ in 0..<8 {
            if try FileSystem.renameUnlessTaken(source, to: destination) { return nil }
            if let existing = wholeBlob(digest, size: size) { return existing }
            if try self.size(of: digest).map({ $0 != size }) ?? false {
                try FileSystem.rename(source, to: destination)
                return nil
            }
        }
        throw .storeBusy(destination)
    }
}

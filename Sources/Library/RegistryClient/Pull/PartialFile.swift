import ModelLibrary
import SystemPackage

/// The file of a blob that is being fetched, and the files that say how much of it is there. Whoever has it open is the
/// only one who fetches this blob. All calls block.
struct PartialFile: Sendable {
    let path: FilePath
    private let name: String
    private let folder: FilePath
    private let file: FileDescriptor

    /// Opens or makes the file; nil while another one fetches the same blob.
    init?(of digest: Digest, in blobs: BlobStore) throws {
        folder = blobs.directory
        name = "sha256-\(digest.hex)-partial"
        path = folder.appending(name)
        try FileSystem.makeFolder(folder)
        file = try FileSystem.open(
            path, .readWrite, options: .create, permissions: FilePermissions(rawValue: 0o644))
        // The name may have been taken away between opening and locking: by a fetch that has just ended.
        guard try FileLock.tryLock(file, at: path, .exclusive), try FileSystem.isOpen(file, at: path) else {
            try? file.close()
            return nil
        }
    }

    /// How far another one has come who fetches the blob.
    static func progress(of digest: Digest, in blobs: BlobStore, size: Int) -> Int {
        let prefix = "sha256-\(digest.hex)-partial-"
        let files = partFiles(prefix: prefix, in: blobs.directory)
        return ResumeState(size: size, files: files)?.completed ?? 0
    }

    func close() {
        try? file.close()
    }

    /// What is there already; files that contradict each other count for nothing.
    func loadState(size: Int) throws -> ResumeState {
        let files = Self.partFiles(prefix: name + "-", in: folder)
        if let state = ResumeState(size: size, files: files), try FileSystem.status(of: path)?.size == size {
            return state
        }
        return try reset(to: ResumeState(size: size))
    }

    /// Starts anew with these parts.
    func reset(to state: ResumeState) throws -> ResumeState {
        try removeParts()
        try allocate(state.size)
        for part in state.parts { try save(part) }
        return state
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try FileSystem.perform("write", path) { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        try FileSystem.perform("read", path) { try file.read(fromAbsoluteOffset: Int64(offset), into: buffer) }
    }

    func save(_ part: BlobPart) throws {
        let destination = folder.appending("\(name)-\(part.number)")
        let temporary = folder.appending("\(name)-\(part.number).new")
        let file = try FileSystem.open(
            temporary, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
        defer { try? file.close() }
        try FileSystem.perform("write", temporary) { _ = try file.writeAll(part.bytes) }
        try FileSystem.rename(temporary, to: destination)
    }

    /// Turns the complete file into the blob, and closes it.
    func finish(as digest: Digest, size: Int, in blobs: BlobStore) throws -> BlobLease {
        let lease = try blobs.adopt(file, at: path, hashedAs: digest, size: size)
        try removeParts()
        return lease
    }

    /// Throws away all that is there.
    func discard() throws {
        try removeParts()
        try FileSystem.remove(path)
    }

    /// A sparse file of the full size; what is missing on the disk is known before the network is asked.
    private func allocate(_ size: Int) throws {
        try FileSystem.requireSpace(for: size, at: path)
        try FileSystem.perform("write", path) {
            try file.resize(to: 0)
            try file.resize(to: Int64(size))
        }
    }

    private func removeParts() throws {
        for entry in try FileSystem.entries(of: folder) where entry.hasPrefix(name + "-") {
            try FileSystem.remove(folder.appending(entry))
        }
    }

    private static func partFiles(prefix: String, in folder: FilePath) -> [[UInt8]] {
        let names =
            (try? FileSystem.entries(of: folder))?.filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".new") } ?? []
        return names.map { (try? FileSystem.read(folder.appending($0), limit: 4096)) ?? [] }
    }
}

package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The calls of the operating system that a store needs beyond those of `FileDescriptor`, with errors that name the path.
package enum FileSystem {
    package struct Status: Hashable, Sendable {
        package enum Kind: Sendable { case file, folder, symbolicLink, other }
        package var kind: Kind
        /// Bytes.
        package var size: Int
        /// Seconds since 1970, within the years 1 to 9999: some file systems hold what no calendar does.
        package var modified: Double
        var device: UInt64
        var inode: UInt64
    }

    /// Opens without following a symbolic link in the last component.
    package static func open(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = [],
        permissions: FilePermissions? = nil
    ) throws(ModelLibraryError) -> FileDescriptor {
        try perform("open", path) {
            try FileDescriptor.open(
                path, mode, options: options.union([.closeOnExec, .noFollow]), permissions: permissions)
        }
    }

    /// Nil where nothing is there. A symbolic link is followed only where asked for, as for paths that a person wrote.
    package static func status(
        of path: FilePath, followingLinks: Bool = false
    ) throws(ModelLibraryError) -> Status? {
        var raw = stat()
        let result = path.withPlatformString { followingLinks ? stat($0, &raw) : lstat($0, &raw) }
        guard result == 0 else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw .fileSystem(operation: "look at", path: path, error)
        }
        return Status(raw)
    }

    static func status(of file: FileDescriptor, at path: FilePath) throws(ModelLibraryError) -> Status {
        var raw = stat()
        guard fstat(file.rawValue, &raw) == 0 else {
            throw .fileSystem(operation: "look at", path: path, Errno(rawValue: errno))
        }
        return Status(raw)
    }

    /// Whether `path` still names the file that is open.
    package static func isOpen(_ file: FileDescriptor, at path: FilePath) throws(ModelLibraryError) -> Bool {
        let opened = try status(of: file, at: path)
        return try status(of: path)?.isSameFile(as: opened) == true
    }

    /// The whole of a regular file of at most `limit` bytes.
    package static func read(_ path: FilePath, limit: Int) throws(ModelLibraryError) -> [UInt8] {
        // A pipe must not hold the reader up before it is seen to be one.
        let file = try open(path, .readOnly, options: .nonBlocking)
        defer { try? file.close() }
        let status = try status(of: file, at: path)
        guard status.kind == .file else { throw .notARegularFile(path) }
        guard status.size <= limit else { throw .fileTooLarge(path, limit: limit) }
        return try perform("read", path) {
            try [UInt8](unsafeUninitializedCapacity: status.size) { buffer, count in
                count = 0
                while count < buffer.count {
                    let read = try file.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                    if read == 0 { break }
                    count += read
                }
            }
        }
    }

    /// The names in a folder, sorted; empty where there is no folder.
    package static func entries(of path: FilePath) throws(ModelLibraryError) -> [String] {
        guard let folder = path.withPlatformString({ opendir($0) }) else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory || error == .notDirectory { return [] }
            throw .fileSystem(operation: "list", path: path, error)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it.
    package static func makeFolder(_ path: FilePath) throws(ModelLibraryError) {
        if path.withPlatformString({ mkdir($0, 0o755) }) == 0 { return }
        var error = Errno(rawValue: errno)
        if error == .noSuchFileOrDirectory, !path.removingLastComponent().isEmpty {
            try makeFolder(path.removingLastComponent())
            if path.withPlatformString({ mkdir($0, 0o755) }) == 0 { return }
            error = Errno(rawValue: errno)
        }
        guard error == .fileExists else { throw .fileSystem(operation: "create a folder at", path: path, error) }
    }

    package static func rename(_ source: FilePath, to destination: FilePath) throws(ModelLibraryError) {
        let result = source.withPlatformString { from in
            destination.withPlatformString { to in system_rename(from, to) }
        }
        guard result == 0 else { throw .fileSystem(operation: "write", path: destination, Errno(rawValue: errno)) }
    }

    /// Renames unless there is something at the destination; says whether it did. File systems without hard links make
    /// no difference.
    package static func renameUnlessTaken(
        _ source: FilePath, to destination: FilePath
    ) throws(ModelLibraryError) -> Bool {
        let result = source.withPlatformString { from in
            destination.withPlatformString { to in link(from, to) }
        }
        guard result != 0 else {
            try remove(source)
            return true
        }
        switch Errno(rawValue: errno) {
        case .fileExists: return false
        case .notPermitted, .notSupported, .tooManyLinks:
            try rename(source, to: destination)
            return true
        case let error: throw .fileSystem(operation: "write", path: destination, error)
        }
    }

    /// Removes a file, if it is there.
    package static func remove(_ path: FilePath) throws(ModelLibraryError) {
        guard path.withPlatformString({ unlink($0) }) == 0 || errno == ENOENT else {
            throw .fileSystem(operation: "remove", path: path, Errno(rawValue: errno))
        }
    }

    /// Removes a folder that is empty; says whether it did.
    @discardableResult
    package static func removeEmptyFolder(_ path: FilePath) -> Bool {
        path.withPlatformString { rmdir($0) } == 0
    }

    /// Removes a folder and all in it, without following symbolic links.
    package static func removeTree(_ path: FilePath, depthLimit: Int = 32) throws(ModelLibraryError) {
        guard depthLimit > 0 else { throw .fileSystem(operation: "remove", path: path, .tooManySymbolicLinkLevels) }
        guard let status = try status(of: path) else { return }
        guard status.kind == .folder else { return try remove(path) }
        for name in try entries(of: path) {
            try removeTree(path.appending(name), depthLimit: depthLimit - 1)
        }
        removeEmptyFolder(path)
    }

    /// Nothing is known where the file system does not tell.
    /// - Throws: `notEnoughSpace` where the file system of `path` has less than `bytes` left.
    package static func requireSpace(for bytes: Int, at path: FilePath) throws(ModelLibraryError) {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { return }
        let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        if !overflow, UInt64(clamping: bytes) > free {
            throw .notEnoughSpace(needed: bytes, available: Int(clamping: free))
        }
    }

    /// Makes what was written to a file, or the names in a folder, outlive a loss of power.
    package static func synchronize(_ path: FilePath) throws(ModelLibraryError) {
        let file = try perform("open", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
        defer { try? file.close() }
        try synchronize(file, at: path)
    }

    package static func synchronize(_ file: FileDescriptor, at path: FilePath) throws(ModelLibraryError) {
        guard fsync(file.rawValue) == 0 else {
            throw .fileSystem(operation: "write", path: path, Errno(rawValue: errno))
        }
    }

    /// Sets the time of modification to now.
    static func touch(_ file: FileDescriptor) {
        _ = futimens(file.rawValue, nil)
    }

    /// Turns an `Errno` into an error that says what was tried, and on which path.
    package static func perform<Result>(
        _ operation: String, _ path: FilePath, _ body: () throws -> Result
    ) throws(ModelLibraryError) -> Result {
        do {
            return try body()
        } catch let error as Errno {
            throw .fileSystem(operation: operation, path: path, error)
        } catch let error as ModelLibraryError {
            throw error
        } catch {
            throw .fileSystem(operation: operation, path: path, .ioError)
        }
    }

    private static func system_rename(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> CInt {
        #if canImport(Glibc)
            Glibc.rename(from, to)
        #elseif canImport(Musl)
            Musl.rename(from, to)
        #else
            Darwin.rename(from, to)
        #endif
    }
}

extension FileSystem.Status {
    fileprivate init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            default: .other
            }
        size = Int(raw.st_size)
        #if canImport(Darwin)
            let time = raw.st_mtimespec
        #else
            let time = raw.st_mtim
        #endif
        let seconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        modified = min(max(seconds, -62_135_596_800), 253_402_300_799)
        device = UInt64(truncatingIfNeeded: raw.st_dev)
        inode = UInt64(raw.st_ino)
    }

    func isSameFile(as other: Self) -> Bool { device == other.device && inode == other.inode }
}

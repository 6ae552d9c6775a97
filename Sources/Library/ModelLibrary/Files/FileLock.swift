package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An advisory lock on an open file, between processes and between threads; the kernel drops it when its holder dies.
package enum FileLock {
    package enum Mode: Sendable {
        case shared, exclusive
    }

    /// Waits for the lock, `seconds` at most.
    package static func lock(
        _ file: FileDescriptor, at path: FilePath, _ mode: Mode, seconds: Int = 60
    ) throws(ModelLibraryError) {
        let pause = 2_000  // Microseconds.
        for _ in 0..<max(1, seconds * 1_000_000 / pause) {
            if try tryLock(file, at: path, mode) { return }
            usleep(UInt32(pause))
        }
        throw .storeBusy(path)
    }

    /// Takes the lock if it is free; says whether it did.
    package static func tryLock(_ file: FileDescriptor, at path: FilePath, _ mode: Mode) throws(ModelLibraryError)
        -> Bool
    {
        while flock(file.rawValue, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default: throw .fileSystem(operation: "lock", path: path, Errno(rawValue: errno))
            }
        }
        return true
    }

    /// Runs `body` while no other holder of the lock at `path` runs.
    package static func withExclusive<Result>(
        _ path: FilePath, _ body: () throws(ModelLibraryError) -> Result
    ) throws(ModelLibraryError) -> Result {
        let file = try FileSystem.open(
            path, .readWrite, options: .create, permissions: FilePermissions(rawValue: 0o644))
        defer { try? file.close() }
        try lock(file, at: path, .exclusive)
        return try body()
    }
}

import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that a person named on the command line, to be read whole.
package enum InputFile {
    /// Bytes; texts are far smaller.
    package static let limit = 64 << 20

    /// The contents of a file, or what a pipe such as `<(…)` gives until its writer ends. Blocks.
    /// - Throws: `CommandError` with the path where there is nothing to read, or more than `limit`.
    package static func contents(of path: String, limit: Int = limit) throws -> [UInt8] {
        do {
            // A pipe that nobody writes to must not hold the opening up.
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter { try read(file, limit: limit, path) }
        } catch let error as Errno {
            throw CommandError("cannot read \(path): \(error)")
        }
    }

    private static func read(_ file: FileDescriptor, limit: Int, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            do {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += buffer[..<count]
            } catch Errno.resourceTemporarilyUnavailable {
                var state = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
                poll(&state, 1, -1)
            }
            guard bytes.count <= limit else { throw CommandError("\(path) is larger than \(limit) bytes") }
        }
    }
}

package import SystemPackage

/// Reads a file from front to end in pieces.
package enum FileChunks {
    /// Bytes of a piece.
    package static let size = 1 << 20

    /// Follows a symbolic link: the caller named the file.
    package static func forEach(
        in path: FilePath, _ body: (UnsafeRawBufferPointer) throws(ModelLibraryError) -> Void
    ) throws(ModelLibraryError) {
        let file = try FileSystem.perform("open", path) {
            try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        }
        defer { try? file.close() }
        guard try FileSystem.status(of: file, at: path).kind == .file else { throw .notARegularFile(path) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try FileSystem.perform("read", path) { try file.read(into: buffer) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

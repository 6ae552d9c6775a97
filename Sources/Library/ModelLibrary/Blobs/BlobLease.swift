package import SystemPackage

/// A blob that stays where it is for as long as this value lives: no process of ours removes it.
package final class BlobLease: Sendable {
    package let digest: Digest
    package let path: FilePath
    /// Bytes.
    package let size: Int
    private let file: FileDescriptor

    /// Takes over `file`, on which a shared lock is held.
    init(digest: Digest, path: FilePath, size: Int, file: FileDescriptor) {
        self.digest = digest
        self.path = path
        self.size = size
        self.file = file
    }

    deinit {
        try? file.close()
    }
}

package import SystemPackage

/// A folder for files on their way into a store, on the store's file system; it goes when this value does.
package final class Workspace: Sendable {
    package let path: FilePath
    private let folder: FileDescriptor

    package init(in store: ModelStore) throws(ModelLibraryError) {
        path = store.directory.appending(TemporaryName.make())
        try FileSystem.makeFolder(path)
        folder = try FileSystem.open(path, .readOnly)
        // The lock tells a clean-up that the owner is alive.
        guard try FileLock.tryLock(folder, at: path, .shared) else { throw .storeBusy(path) }
    }

    deinit {
        try? FileSystem.removeTree(path)
        try? folder.close()
    }

    /// Removes the workspace of a process that died.
    static func removeAbandoned(_ path: FilePath) throws(ModelLibraryError) {
        let folder = try FileSystem.open(path, .readOnly)
        defer { try? folder.close() }
        if try FileLock.tryLock(folder, at: path, .exclusive) { try FileSystem.removeTree(path) }
    }
}

import ModelLibrary
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of one test, gone when the test is.
final class TemporaryFolder: Sendable {
    let path: FilePath

    init() throws {
        path = FilePath(FileManager.default.temporaryDirectory.path).appending("apus-test-\(UUID().uuidString)")
        try FileSystem.makeFolder(path)
    }

    deinit {
        try? FileSystem.removeTree(path)
    }

    var store: ModelStore { ModelStore(directory: path.appending("models")) }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String, permissions: UInt32 = 0o644) throws -> FilePath {
        let path = path.appending(name)
        try FileSystem.makeFolder(path.removingLastComponent())
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: FilePermissions(rawValue: CModeT(permissions)))
        try file.closeAfter { _ = try file.writeAll(bytes) }
        return path
    }

    /// The files of the store, but for its lock.
    var storeFiles: [String] {
        get throws { try files(in: store.directory, prefix: "").filter { $0 != ".apus.lock" } }
    }

    private func files(in folder: FilePath, prefix: String) throws -> [String] {
        try FileSystem.entries(of: folder).flatMap { name -> [String] in
            let path = folder.appending(name)
            guard try FileSystem.status(of: path)?.kind == .folder else { return [prefix + name] }
            return try files(in: path, prefix: prefix + name + "/")
        }
    }
}

package import ModelLibrary
package import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of one test with a store in it, gone when the test is.
package final class TemporaryStore: Sendable {
    package let root: FilePath
    package let store: ModelStore

    package init() throws {
        root = FilePath(FileManager.default.temporaryDirectory.path).appending("apus-test-\(UUID().uuidString)")
        store = ModelStore(directory: root.appending("models"))
        try FileSystem.makeFolder(root)
    }

    deinit {
        try? FileSystem.removeTree(root)
    }

    /// Stores a model of a few text layers.
    @discardableResult
    package func add(_ name: String, weights: String = "weights", system: String? = nil) throws -> Manifest {
        var leases = [try store.blobs.store(Array(weights.utf8))]
        var layers = [Layer(mediaType: .model, digest: leases[0].digest, size: leases[0].size)]
        if let system {
            let lease = try store.blobs.store(Array(system.utf8))
            layers.append(Layer(mediaType: .system, digest: lease.digest, size: lease.size))
            leases.append(lease)
        }
        var configuration = ModelConfiguration()
        configuration.format = "gguf"
        configuration.family = "llama"
        let lease = try store.blobs.store(configuration.bytes)
        leases.append(lease)
        let manifest = Manifest(
            configuration: Layer(mediaType: .configuration, digest: lease.digest, size: lease.size), layers: layers)
        try store.install(manifest.bytes, as: ModelName(name), holding: leases)
        return manifest
    }

    package func write(_ text: String, to path: FilePath) throws {
        try write(Array(text.utf8), to: path)
    }

    /// Writes a file and makes the folders above it.
    package func write(_ bytes: [UInt8], to path: FilePath, permissions: UInt32 = 0o644) throws {
        try FileSystem.makeFolder(path.removingLastComponent())
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: FilePermissions(rawValue: CModeT(permissions)))
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    /// Writes a file below the folder.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, permissions: UInt32 = 0o644) throws -> FilePath {
        try write(bytes, to: root.appending(name), permissions: permissions)
        return root.appending(name)
    }

    /// A file that claims `size` bytes and takes a few.
    package func sparse(_ name: String, beginningWith bytes: [UInt8], size: Int) throws -> FilePath {
        let path = try write(bytes, to: name)
        let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
        try file.closeAfter { try file.resize(to: Int64(size)) }
        return path
    }

    /// The files below `blobs`.
    package var blobFiles: [String] {
        get throws { try FileSystem.entries(of: store.blobs.directory) }
    }

    /// The files of the store with their folders, but for its lock.
    package var storeFiles: [String] {
        get throws { try files(in: store.directory, prefix: "").filter { $0 != ".apus.lock" } }
    }

    package func setAge(of path: FilePath, seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path.string)
    }

    private func files(in folder: FilePath, prefix: String) throws -> [String] {
        try FileSystem.entries(of: folder).flatMap { name -> [String] in
            let path = folder.appending(name)
            guard try FileSystem.status(of: path)?.kind == .folder else { return [prefix + name] }
            return try files(in: path, prefix: prefix + name + "/")
        }
    }
}

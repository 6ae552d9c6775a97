import ModelLibrary
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A store in a folder of its own, gone when the test is.
final class TemporaryStore {
    let root: FilePath
    let store: ModelStore

    init() throws {
        root = FilePath(FileManager.default.temporaryDirectory.path).appending("apus-test-\(UUID().uuidString)")
        store = ModelStore(directory: root.appending("models"))
        try FileSystem.makeFolder(root)
    }

    deinit {
        try? FileSystem.removeTree(root)
    }

    /// Stores a model of a few text layers.
    @discardableResult
    func add(_ name: String, weights: String = "weights", system: String? = nil) throws -> Manifest {
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

    func write(_ text: String, to path: FilePath) throws {
        try FileSystem.makeFolder(path.removingLastComponent())
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// The files below `blobs`.
    var blobFiles: [String] {
        get throws { try FileSystem.entries(of: store.blobs.directory) }
    }

    func setAge(of path: FilePath, seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path.string)
    }
}

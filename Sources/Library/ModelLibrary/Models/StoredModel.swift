package import JSON
import OrderedCollections
package import SystemPackage

/// A model of the store, ready to be loaded: the paths of its large blobs, the contents of the small ones.
///
/// The files stay in place for as long as a copy of this value lives.
package struct StoredModel: Sendable {
    package let summary: ModelSummary
    /// The GGUF file of the weights; nil where the model runs elsewhere.
    package let modelPath: FilePath?
    package let adapterPaths: [FilePath]
    package let projectorPaths: [FilePath]
    package let draftPath: FilePath?
    /// The Go template, where the model has one of its own.
    package let template: String?
    package let system: String?
    /// Options by their names in a Modelfile.
    package let parameters: JSONObject
    package let messages: [StoredMessage]
    package let licenses: [String]
    private let leases: [BlobLease]

    package var name: ModelName { summary.name }
    package var digest: Digest { summary.digest }
    package var configuration: ModelConfiguration { summary.configuration }
}

extension ModelStore {
    /// Reads a model. Names are compared without regard to case.
    /// - Throws: `modelNotFound`, or `damagedModel` with what is wrong with it.
    package func model(named name: ModelName) throws(ModelLibraryError) -> StoredModel {
        let stored = try manifest(for: name)
        do throws(ModelLibraryError) {
            return try StoredModel(stored, blobs: blobs)
        } catch .fileSystem(let operation, let path, let error) {
            throw .fileSystem(operation: operation, path: path, error)
        } catch {
            throw .damagedModel(name: stored.name.description, reason: "\(error)")
        }
    }

    /// Reads the model that a manifest would make, before it has a name.
    /// - Throws: what is wrong with it.
    package func check(_ bytes: [UInt8], as name: ModelName) throws(ModelLibraryError) {
        let stored = StoredManifest(
            name: name, manifest: try Manifest(parsing: bytes), digest: Digest(hashing: bytes), modified: 0)
        _ = try StoredModel(stored, blobs: blobs)
    }
}

extension StoredModel {
    fileprivate init(_ stored: StoredManifest, blobs: BlobStore) throws(ModelLibraryError) {
        var reader = LayerReader(blobs: blobs)
        let manifest = stored.manifest
        let configuration = try ModelConfiguration(parsing: try reader.bytes(of: manifest.configuration))
        summary = ModelSummary(stored: stored, configuration: configuration)
        try manifest.requireWeights(with: configuration)
        modelPath = try manifest.layers(of: .model).last.map { (layer) throws(ModelLibraryError) in
            try reader.path(of: layer)
        }
        adapterPaths = try reader.paths(of: manifest.layers(of: .adapter))
        projectorPaths = try reader.paths(of: manifest.layers(of: .projector))
        draftPath = try reader.paths(of: manifest.layers(of: .draft)).last
        template = try reader.text(of: (manifest.layers(of: .prompt) + manifest.layers(of: .template)).last)
        system = try reader.text(of: manifest.layers(of: .system).last)
        parameters = try reader.json(of: manifest.layers(of: .parameters).last)?.objectValue ?? [:]
        messages = try StoredMessage.messages(in: try reader.json(of: manifest.layers(of: .messages).last))
        var licenses: [String] = []
        for layer in manifest.layers(of: .license) {
            if let text = try reader.text(of: layer) { licenses.append(text) }
        }
        self.licenses = licenses
        leases = reader.leases
    }
}

/// Reads layers, and holds those that stay on disk.
private struct LayerReader {
    let blobs: BlobStore
    var leases: [BlobLease] = []

    mutating func path(of layer: Layer) throws(ModelLibraryError) -> FilePath {
        guard let lease = try blobs.lease(layer.digest) else { throw .missingBlob(layer.digest) }
        guard lease.size == layer.size else {
            throw .damagedBlob(layer.digest, reason: "it has \(lease.size) bytes, its manifest says \(layer.size)")
        }
        leases.append(lease)
        return lease.path
    }

    mutating func paths(of layers: [Layer]) throws(ModelLibraryError) -> [FilePath] {
        var paths: [FilePath] = []
        for layer in layers { paths.append(try path(of: layer)) }
        return paths
    }

    func bytes(of layer: Layer) throws(ModelLibraryError) -> [UInt8] {
        try blobs.read(layer.digest)
    }

    func text(of layer: Layer?) throws(ModelLibraryError) -> String? {
        guard let layer else { return nil }
        return String(decoding: try bytes(of: layer), as: UTF8.self)
    }

    func json(of layer: Layer?) throws(ModelLibraryError) -> JSONValue? {
        guard let layer else { return nil }
        do {
            return try JSONParser.parse(try bytes(of: layer))
        } catch let error as JSONError {
            throw .damagedBlob(layer.digest, reason: "\(error)")
        } catch let error as ModelLibraryError {
            throw error
        } catch {
            throw .damagedBlob(layer.digest, reason: "\(error)")
        }
    }
}

extension StoredMessage {
    static func messages(in json: JSONValue?) throws(ModelLibraryError) -> [StoredMessage] {
        var messages: [StoredMessage] = []
        for message in json?.arrayValue ?? [] {
            guard let role = message["role"]?.stringValue else { throw .damagedManifest("a message has no role") }
            messages.append(StoredMessage(role: role, content: message["content"]?.stringValue ?? ""))
        }
        return messages
    }

    var json: JSONValue { ["role": .string(role), "content": .string(content)] }
}

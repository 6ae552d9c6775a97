package import ModelLibrary

/// What a pull has to bring together, in order: decided from the manifest alone.
package struct PullPlan: Hashable, Sendable {
    /// Each layer holds a file open until the model has its name.
    private static let mostLayers = 256

    let manifest: Manifest
    /// The configuration, which shows early what is no model; then the rest in the order of the manifest, each digest once.
    package let blobs: [Layer]

    var configuration: Layer { manifest.configuration }

    package init(_ manifest: Manifest) throws {
        guard manifest.layers(of: .tensor).isEmpty else { throw RegistryError.safetensorsUnsupported }
        guard manifest.layers.count <= Self.mostLayers else {
            throw ModelLibraryError.damagedManifest("it lists \(manifest.layers.count) layers")
        }
        guard manifest.configuration.size <= ModelConfiguration.sizeLimit else {
            throw ModelLibraryError.damagedManifest("its configuration has \(manifest.configuration.size) bytes")
        }
        var sizes: [Digest: Int] = [:]
        var blobs: [Layer] = []
        for layer in [manifest.configuration] + manifest.layers {
            guard !layer.mediaType.isText || layer.size <= BlobStore.textLimit else {
                throw ModelLibraryError.damagedManifest("the text \(layer.digest) has \(layer.size) bytes")
            }
            if let known = sizes.updateValue(layer.size, forKey: layer.digest) {
                guard known == layer.size else {
                    throw ModelLibraryError.damagedManifest("it gives \(layer.digest) two sizes")
                }
            } else {
                blobs.append(layer)
            }
        }
        self.manifest = manifest
        self.blobs = blobs
    }
}

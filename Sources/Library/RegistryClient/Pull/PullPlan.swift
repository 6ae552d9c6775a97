import ModelLibrary

/// What a pull has to bring together, in order: decided from the manifest alone.
struct PullPlan: Hashable {
    /// In the order of the manifest, each digest once; the configuration last.
    let blobs: [Layer]

    init(_ manifest: Manifest) throws(ModelLibraryError) {
        var sizes: [Digest: Int] = [:]
        var blobs: [Layer] = []
        for layer in manifest.allLayers {
            if let known = sizes.updateValue(layer.size, forKey: layer.digest) {
                guard known == layer.size else { throw .damagedManifest("it gives \(layer.digest) two sizes") }
            } else {
                blobs.append(layer)
            }
        }
        self.blobs = blobs
    }
}

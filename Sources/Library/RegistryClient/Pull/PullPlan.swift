import ModelLibrary

/// What a pull has to fetch: decided from the manifest and from what the store has, without touching either.
struct PullPlan: Hashable {
    /// In the order of the manifest, each digest once; the configuration last.
    let blobs: [Layer]
    /// Those of them that are stored already.
    let present: Set<Digest>

    /// - Parameter storedSize: bytes of a stored blob, nil where it is absent.
    init(
        _ manifest: Manifest, storedSize: (Digest) throws(ModelLibraryError) -> Int?
    ) throws(ModelLibraryError) {
        var sizes: [Digest: Int] = [:]
        var blobs: [Layer] = []
        var present: Set<Digest> = []
        for layer in manifest.allLayers {
            if let known = sizes.updateValue(layer.size, forKey: layer.digest) {
                guard known == layer.size else { throw .damagedManifest("it gives \(layer.digest) two sizes") }
                continue
            }
            blobs.append(layer)
            if try storedSize(layer.digest) == layer.size { present.insert(layer.digest) }
        }
        self.blobs = blobs
        self.present = present
    }
}

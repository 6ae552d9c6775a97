/// A model of the store as its manifest and configuration describe it.
package struct StoredManifest: Hashable, Sendable {
    /// As it is spelled in the store.
    package let name: ModelName
    package let manifest: Manifest
    /// Of the bytes of the manifest; the identifier of the model.
    package let digest: Digest
    /// Seconds since 1970.
    package let modified: Double

    /// Bytes of all layers.
    package var size: Int { manifest.size }
}

/// A line of a list of models.
package struct ModelSummary: Hashable, Sendable {
    package let stored: StoredManifest
    package let configuration: ModelConfiguration

    package var name: ModelName { stored.name }
    package var digest: Digest { stored.digest }
    package var size: Int { stored.size }
    package var modified: Double { stored.modified }
    /// The path or model that the weights came from; empty where that is unknown.
    package var parentModel: String { stored.manifest.layers(of: .model).last?.from ?? "" }
}

/// What a store holds.
package struct ModelList: Sendable {
    /// Newest first.
    package var models: [ModelSummary] = []
    /// Models that cannot be used, and why.
    package var damaged: [(name: ModelName, error: ModelLibraryError)] = []
}

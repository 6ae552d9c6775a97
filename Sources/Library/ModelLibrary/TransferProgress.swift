/// A line of progress of a pull, a push or a creation, as the API streams it.
package struct TransferProgress: Hashable, Sendable {
    package var status: String
    /// The blob that moves, as it is printed.
    package var digest: String?
    /// Bytes.
    package var total: Int?
    package var completed: Int?

    package init(status: String, digest: String? = nil, total: Int? = nil, completed: Int? = nil) {
        self.status = status
        self.digest = digest
        self.total = total
        self.completed = completed
    }

    /// `total` and `completed` in bytes.
    package static func pulling(_ digest: Digest, completed: Int, total: Int) -> Self {
        Self(status: "pulling \(digest.short)", digest: digest.description, total: total, completed: completed)
    }

    /// `total` and `completed` in bytes.
    package static func checking(_ digest: Digest, completed: Int, total: Int) -> Self {
        Self(status: "verifying \(digest.short)", digest: digest.description, total: total, completed: completed)
    }

    package static let pullingManifest = Self(status: "pulling manifest")
    package static let verifying = Self(status: "verifying sha256 digest")
    package static let writingManifest = Self(status: "writing manifest")
    package static let removingUnusedLayers = Self(status: "removing unused layers")
    package static let success = Self(status: "success")
}

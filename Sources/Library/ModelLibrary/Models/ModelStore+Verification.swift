import Crypto
import Locking

/// Whether a model is as it was stored, down to the last bit.
package struct Verification: Hashable, Sendable {
    package struct Damage: Hashable, Sendable {
        /// What is damaged: `model` (the weights), `template`, …, `config`, or `manifest`.
        package var part: String
        /// Nil for the manifest.
        package var digest: Digest?
        package var reason: String
    }
    package let name: ModelName
    /// Empty where all is well.
    package let damage: [Damage]
}

/// Reads the blobs of models and compares them with their digests; a blob of several models is read once.
package final class ModelVerifier: Sendable {
    private let store: ModelStore
    /// Whether the bytes of blobs that were read so far are those of their digests.
    private let known = Locked<[Digest: Bool]>([:])

    package init(_ store: ModelStore) {
        self.store = store
    }

    /// Every model of the store, usable or not, in the order of their names.
    package func names() throws(ModelLibraryError) -> [ModelName] { try store.names() }

    /// Blocks for as long as reading all of the model takes.
    /// - Throws: `modelNotFound`, or `cancelled`.
    package func verify(
        _ name: ModelName, reportingTo reporter: ProgressReporter
    ) throws(ModelLibraryError) -> Verification {
        let stored: StoredManifest
        do throws(ModelLibraryError) {
            stored = try store.manifest(for: name)
        } catch .damagedModel(_, let reason) {
            return Verification(name: name, damage: [.init(part: "manifest", digest: nil, reason: reason)])
        }
        var damage: [Verification.Damage] = []
        for layer in stored.manifest.allLayers {
            guard let reason = try fault(in: layer, reporter) else { continue }
            let part = layer.mediaType == .configuration ? "config" : layer.mediaType.kind
            damage.append(.init(part: part, digest: layer.digest, reason: reason))
        }
        return Verification(name: stored.name, damage: damage)
    }

    /// What is wrong with the blob of a layer.
    private func fault(in layer: Layer, _ reporter: ProgressReporter) throws(ModelLibraryError) -> String? {
        do throws(ModelLibraryError) {
            guard let lease = try store.blobs.lease(layer.digest) else { return "it is missing" }
            guard lease.size == layer.size else {
                return "it has \(lease.size) bytes, its manifest says \(layer.size)"
            }
            return try hasItsDigest(lease, reporter) ? nil : "its bytes are not those that its digest stands for"
        } catch .cancelled {
            throw .cancelled
        } catch .damagedBlob(_, let reason) {
            return reason
        } catch {
            return "\(error)"
        }
    }

    private func hasItsDigest(_ lease: BlobLease, _ reporter: ProgressReporter) throws(ModelLibraryError) -> Bool {
        if let isSound = known.withLock({ $0[lease.digest] }) { return isSound }
        var hasher = SHA256()
        var count = 0
        try FileChunks.forEach(in: lease.path) { (chunk) throws(ModelLibraryError) in
            hasher.update(bufferPointer: chunk)
            count += chunk.count
            try reporter.reportBytes(.checking(lease.digest, completed: count, total: lease.size))
        }
        let isSound = Digest(hasher.finalize()) == lease.digest
        known.withLock { $0[lease.digest] = isSound }
        return isSound
    }
}

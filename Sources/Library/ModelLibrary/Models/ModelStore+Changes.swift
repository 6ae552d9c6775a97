import SystemPackage

extension ModelStore {
    /// Gives a model its name; it is durable when this returns.
    /// - Parameters:
    ///   - bytes: the manifest as it was received; its digest identifies the model.
    ///   - leases: proof that the blobs stay until the manifest names them.
    /// - Returns: the blobs of a model of the same name before, for `removeUnused`.
    @discardableResult
    package func install(
        _ bytes: [UInt8], as name: ModelName, holding leases: [BlobLease]
    ) throws(ModelLibraryError) -> [Digest] {
        let manifest = try Manifest(parsing: bytes)
        return try withExclusiveAccess { () throws(ModelLibraryError) in
            for layer in manifest.allLayers {
                guard let size = try blobs.size(of: layer.digest) else { throw .missingBlob(layer.digest) }
                guard size == layer.size else {
                    throw .damagedBlob(layer.digest, reason: "it has \(size) bytes, its manifest says \(layer.size)")
                }
            }
            return try withExtendedLifetime(leases) { () throws(ModelLibraryError) in
                try replaceManifest(of: name, with: bytes)
            }
        }
    }

    /// Gives a model a second name, or replaces the model of that name.
    package func copy(_ source: ModelName, to destination: ModelName) throws(ModelLibraryError) {
        try withExclusiveAccess { () throws(ModelLibraryError) in
            let stored = try manifest(for: source)
            let bytes = try FileSystem.read(path(of: stored.name), limit: Manifest.sizeLimit)
            guard try storedSpelling(of: destination) != stored.name else { return }
            _ = try replaceManifest(of: destination, with: bytes)
        }
    }

    /// Removes a model, and the blobs that no other one uses. A model that runs keeps running.
    package func remove(_ name: ModelName) throws(ModelLibraryError) {
        try withExclusiveAccess { () throws(ModelLibraryError) in
            let name = try storedSpelling(of: name)
            let path = path(of: name)
            guard try FileSystem.status(of: path) != nil else { throw .modelNotFound(name.description) }
            let layers = (try? manifest(at: name))?.manifest.allLayers.map(\.digest) ?? []
            try FileSystem.remove(path)
            try? FileSystem.synchronize(folder(of: name))
            removeEmptyFolders(of: name)
            for digest in try unused(among: layers) { _ = try blobs.removeUnleased(digest) }
        }
    }

    /// Those of these blobs that belong to no model.
    package func unused(among digests: [Digest]) throws(ModelLibraryError) -> [Digest] {
        guard let referenced = try referencedDigests() else { return [] }
        return digests.filter { !referenced.contains($0) }
    }

    /// Removes those of these blobs that belong to no model.
    package func removeUnused(_ digests: [Digest]) throws(ModelLibraryError) {
        try withExclusiveAccess { () throws(ModelLibraryError) in
            for digest in try unused(among: digests) { _ = try blobs.removeUnleased(digest) }
        }
    }

    /// Runs `body` while no other thread or process changes the set of manifests.
    func withExclusiveAccess<Result>(
        _ body: () throws(ModelLibraryError) -> Result
    ) throws(ModelLibraryError) -> Result {
        try FileSystem.makeFolder(directory)
        return try FileLock.withExclusive(directory.appending(".apus.lock"), body)
    }

    /// The blobs of all models. What a damaged manifest seems to mention counts too; nil where one cannot be read at all.
    func referencedDigests() throws(ModelLibraryError) -> Set<Digest>? {
        var digests: Set<Digest> = []
        for name in try names() {
            guard let bytes = try? FileSystem.read(path(of: name), limit: Manifest.sizeLimit) else { return nil }
            if let manifest = try? Manifest(parsing: bytes) {
                digests.formUnion(manifest.allLayers.map(\.digest))
            } else {
                digests.formUnion(Digest.mentioned(in: bytes))
            }
        }
        return digests
    }

    private func replaceManifest(of name: ModelName, with bytes: [UInt8]) throws(ModelLibraryError) -> [Digest] {
        let name = try storedSpelling(of: name)
        let replaced = (try? manifest(at: name))?.manifest.allLayers.map(\.digest) ?? []
        let folder = folder(of: name)
        try FileSystem.makeFolder(folder)
        let temporary = folder.appending(TemporaryName.make())
        do throws(ModelLibraryError) {
            let file = try FileSystem.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate],
                permissions: FilePermissions(rawValue: 0o644))
            defer { try? file.close() }
            _ = try FileSystem.perform("write", temporary) { try file.writeAll(bytes) }
            try FileSystem.synchronize(file, at: temporary)
            try FileSystem.rename(temporary, to: path(of: name))
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        for parent in [folder, folder.removingLastComponent(), folder.removingLastComponent().removingLastComponent()] {
            try FileSystem.synchronize(parent)
        }
        return replaced
    }

    private func removeEmptyFolders(of name: ModelName) {
        var folder = folder(of: name)
        while folder != manifests, FileSystem.removeEmptyFolder(folder) {
            folder = folder.removingLastComponent()
        }
    }
}

extension Digest {
    /// Every digest that is spelled out somewhere in `bytes`.
    static func mentioned(in bytes: [UInt8]) -> Set<Digest> {
        var digests: Set<Digest> = []
        let length = 71  // "sha256:" and 64 digits
        var start = 0
        while start + length <= bytes.count {
            if bytes[start] == UInt8(ascii: "s"),
                let digest = try? Digest(String(decoding: bytes[start..<start + length], as: UTF8.self))
            {
                digests.insert(digest)
                start += length
            } else {
                start += 1
            }
        }
        return digests
    }
}

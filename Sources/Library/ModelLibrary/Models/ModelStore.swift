package import SystemPackage

/// Models on disk, in the layout of Ollama: `manifests/host/namespace/model/tag` and `blobs/sha256-…`.
///
/// All calls block on the disk: run them with `BlockingThreads`. A store may be used by several threads and processes at
/// once: manifests and blobs appear whole, and what changes the set of manifests holds the lock of the store.
package struct ModelStore: Sendable {
    package let directory: FilePath
    package let blobs: BlobStore
    let manifests: FilePath

    /// - Parameter directory: made when something is first stored.
    package init(directory: FilePath) {
        self.directory = directory
        blobs = BlobStore(directory: directory.appending("blobs"))
        manifests = directory.appending("manifests")
    }

    /// All models, newest first; a damaged one does not hide the others.
    package func list() throws(ModelLibraryError) -> ModelList {
        var list = ModelList()
        for name in try names() {
            do throws(ModelLibraryError) {
                let stored = try manifest(at: name)
                do throws(ModelLibraryError) {
                    list.models.append(ModelSummary(stored: stored, configuration: try configuration(of: stored)))
                } catch {
                    throw .damagedModel(name: name.description, reason: "\(error)")
                }
            } catch .modelNotFound {
                continue  // Removed since the folder was read.
            } catch {
                list.damaged.append((name, error))
            }
        }
        list.models.sort { $0.modified > $1.modified }
        return list
    }

    /// The manifest of a model, found without regard to case.
    package func manifest(for name: ModelName) throws(ModelLibraryError) -> StoredManifest {
        try manifest(at: try storedSpelling(of: name))
    }

    package func contains(_ name: ModelName) throws(ModelLibraryError) -> Bool {
        try FileSystem.status(of: path(of: try storedSpelling(of: name))) != nil
    }

    package func configuration(of stored: StoredManifest) throws(ModelLibraryError) -> ModelConfiguration {
        try ModelConfiguration(parsing: try blobs.read(stored.manifest.configuration.digest))
    }

    /// The name as the store spells it; parts that it does not know stay as they are.
    package func storedSpelling(of name: ModelName) throws(ModelLibraryError) -> ModelName {
        var folder = manifests
        var parts: [String] = []
        for part in NamePart.allCases {
            let wanted = name[part]
            let known = try FileSystem.status(of: folder.appending(wanted)) != nil
            let spelling = known ? wanted : try FileSystem.entries(of: folder).first { ModelName.same($0, wanted) }
            parts.append(spelling ?? wanted)
            folder.append(spelling ?? wanted)
        }
        return try ModelName(host: parts[0], namespace: parts[1], model: parts[2], tag: parts[3])
    }

    /// Every name that has a manifest, readable or not.
    func names() throws(ModelLibraryError) -> [ModelName] {
        var names: [ModelName] = []
        for host in try folders(in: manifests, of: .host) {
            for namespace in try folders(in: manifests.appending(host), of: .namespace) {
                let folder = manifests.appending(host).appending(namespace)
                for model in try folders(in: folder, of: .model) {
                    for tag in try FileSystem.entries(of: folder.appending(model)) where NamePart.tag.accepts(tag) {
                        let name = try ModelName(host: host, namespace: namespace, model: model, tag: tag)
                        if try FileSystem.status(of: path(of: name))?.kind != .folder { names.append(name) }
                    }
                }
            }
        }
        return names
    }

    func path(of name: ModelName) -> FilePath {
        folder(of: name).appending(name.tag)
    }

    func folder(of name: ModelName) -> FilePath {
        manifests.appending(name.host).appending(name.namespace).appending(name.model)
    }

    /// - Parameter name: as the store spells it.
    func manifest(at name: ModelName) throws(ModelLibraryError) -> StoredManifest {
        let path = path(of: name)
        guard let status = try FileSystem.status(of: path) else { throw .modelNotFound(name.description) }
        do throws(ModelLibraryError) {
            guard status.kind == .file else { throw .notARegularFile(path) }
            let bytes = try FileSystem.read(path, limit: Manifest.sizeLimit)
            return StoredManifest(
                name: name, manifest: try Manifest(parsing: bytes), digest: Digest(hashing: bytes),
                modified: status.modified)
        } catch .fileSystem(_, _, .noSuchFileOrDirectory) {
            throw .modelNotFound(name.description)
        } catch {
            throw .damagedModel(name: name.description, reason: "\(error)")
        }
    }

    private func folders(in folder: FilePath, of part: NamePart) throws(ModelLibraryError) -> [String] {
        var names: [String] = []
        for name in try FileSystem.entries(of: folder) where part.accepts(name) {
            if try FileSystem.status(of: folder.appending(name))?.kind == .folder { names.append(name) }
        }
        return names
    }
}

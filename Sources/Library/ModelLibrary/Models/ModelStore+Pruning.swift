import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ModelStore {
    /// How long files that nothing refers to are kept, in seconds.
    package struct Retention: Hashable, Sendable {
        /// Blobs of no model: an upload waits that long for the creation that uses it.
        package var blobs: Double = 3600
        /// Half-done downloads, which a second pull goes on with.
        package var partialDownloads: Double = 24 * 3600
        /// What a process that died was writing.
        package var temporaries: Double = 60

        package init() {}
    }

    /// Removes what interrupted work has left behind, and blobs that no model uses; never what someone holds.
    /// Returns the bytes freed.
    package func prune(_ retention: Retention = Retention()) throws(ModelLibraryError) -> Int {
        guard try FileSystem.status(of: directory) != nil else { return 0 }
        return try withExclusiveAccess { () throws(ModelLibraryError) in
            var freed = 0
            guard let referenced = try referencedDigests() else { return 0 }
            let now = Self.secondsSince1970
            for name in try FileSystem.entries(of: blobs.directory) {
                let path = blobs.directory.appending(name)
                guard let status = try FileSystem.status(of: path) else { continue }
                if let digest = try? Digest(name), referenced.contains(digest) { continue }
                if now - status.modified >= retention.seconds(forBlobFile: name) {
                    freed += try blobs.removeUnlocked(path)
                }
            }
            freed += try pruneTemporaries(olderThan: now - retention.temporaries)
            try removeEmptyManifestFolders()
            return freed
        }
    }

    /// As fine as the times of files are.
    private static var secondsSince1970: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func pruneTemporaries(olderThan limit: Double) throws(ModelLibraryError) -> Int {
        for name in try FileSystem.entries(of: directory) where TemporaryName.matches(name) {
            let path = directory.appending(name)
            if let status = try FileSystem.status(of: path), status.modified <= limit {
                try Workspace.removeAbandoned(path)
            }
        }
        var freed = 0
        for folder in try manifestFolders(depth: 3) {
            for name in try FileSystem.entries(of: folder) where TemporaryName.matches(name) {
                freed += try blobs.removeUnlocked(folder.appending(name))
            }
        }
        return freed
    }

    /// Deepest first, so that a folder whose last child has gone goes too.
    private func removeEmptyManifestFolders() throws(ModelLibraryError) {
        for depth in [3, 2, 1] {
            for folder in try manifestFolders(depth: depth) { FileSystem.removeEmptyFolder(folder) }
        }
    }

    private func manifestFolders(depth: Int) throws(ModelLibraryError) -> [FilePath] {
        var folders = [manifests]
        for _ in 0..<depth {
            var next: [FilePath] = []
            for folder in folders {
                for name in try FileSystem.entries(of: folder) {
                    let path = folder.appending(name)
                    if try FileSystem.status(of: path)?.kind == .folder { next.append(path) }
                }
            }
            folders = next
        }
        return folders
    }
}

extension ModelStore.Retention {
    fileprivate func seconds(forBlobFile name: String) -> Double {
        if TemporaryName.matches(name) { return temporaries }
        return name.contains("-partial") ? partialDownloads : blobs
    }
}

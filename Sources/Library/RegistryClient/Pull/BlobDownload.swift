import ModelLibrary
import NIOCore
import NIOHTTP1

/// Fetches one blob into the store: in parts, several at a time, going on from where an earlier try ended.
struct BlobDownload: Sendable {
    let layer: Layer
    let session: RegistrySession
    let blobs: BlobStore
    let settings: RegistryClient.Settings

    private enum Step: Sendable {
        case fetched, reported
        case hashed(Digest)
    }

    /// Returns the stored blob, its digest verified.
    func run(report: @escaping ProgressReport) async throws -> BlobLease {
        while true {
            if let lease = try await storedBlob() {
                try await report(.pulling(layer.digest, completed: layer.size, total: layer.size))
                return lease
            }
            let file = try await BlockingThreads.shared.run { [layer, blobs] in
                try PartialFile(of: layer.digest, in: blobs)
            }
            if let file {
                do {
                    // Whoever had the file before may have stored the blob after we looked.
                    if try await storedBlob() == nil { return try await fetch(into: file, report: report) }
                    try await BlockingThreads.shared.run { try file.discard() }
                    file.close()
                    continue
                } catch {
                    file.close()
                    throw error
                }
            }
            try await waitForAnother(report: report)
        }
    }

    private func storedBlob() async throws -> BlobLease? {
        try await BlockingThreads.shared.run { [layer, blobs] in
            guard let lease = try blobs.lease(layer.digest, touching: true), lease.size == layer.size else {
                return nil
            }
            return lease
        }
    }

    /// Another pull, here or in another process, fetches the same blob: its progress is ours.
    private func waitForAnother(report: ProgressReport) async throws {
        let completed = await progressOfAnother()
        try await report(.pulling(layer.digest, completed: completed, total: layer.size))
        try await Task.sleep(for: .milliseconds(200))
    }

    private func progressOfAnother() async -> Int {
        let progress = try? await BlockingThreads.shared.run { [layer, blobs] in
            PartialFile.progress(of: layer.digest, in: blobs, size: layer.size)
        }
        return progress ?? 0
    }

    private func fetch(into file: PartialFile, report: @escaping ProgressReport) async throws -> BlobLease {
        var state = try await BlockingThreads.shared.run { [layer] in try file.loadState(size: layer.size) }
        var isFresh = state.completed == 0
        var restarts = 0
        while true {
            do {
                let digest = try await fetch(state, into: file, report: report)
                if digest == layer.digest {
                    return try await BlockingThreads.shared.run { [layer, blobs] in
                        try file.finish(as: layer.digest, size: layer.size, in: blobs)
                    }
                }
                // What an earlier try has left may be to blame, once.
                guard !isFresh else {
                    try await BlockingThreads.shared.run { try file.discard() }
                    throw RegistryError.digestMismatch(wanted: layer.digest, got: digest)
                }
            } catch PartFailure.rangesUnsupported {
                // Start again with a single part: the server gives the whole or nothing.
                restarts += 1
                guard restarts < settings.attempts else {
                    throw RegistryError.retriesExceeded(
                        "the registry sends whole files only, and the connection ended early each time")
                }
            }
            isFresh = true
            state = try await BlockingThreads.shared.run { [layer] in
                try file.reset(to: ResumeState(size: layer.size, isWhole: true))
            }
        }
    }

    /// Fetches what is missing and hashes all of it, while the progress is told.
    private func fetch(
        _ state: ResumeState, into file: PartialFile, report: @escaping ProgressReport
    ) async throws -> Digest {
        let tracker = DownloadTracker(state)
        return try await withThrowingTaskGroup(of: Step.self) { group in
            group.addTask {
                try await fetchParts(of: state, into: file, tracker: tracker)
                return .fetched
            }
            group.addTask { .hashed(try await FrontierHash.digest(of: file, tracker: tracker)) }
            group.addTask {
                while true {
                    try await report(.pulling(layer.digest, completed: tracker.completed, total: layer.size))
                    try await Task.sleep(for: .milliseconds(60))
                }
            }
            while let step = try await group.next() {
                guard case .hashed(let digest) = step else { continue }
                group.cancelAll()
                try await report(.pulling(layer.digest, completed: layer.size, total: layer.size))
                return digest
            }
            throw CancellationError()
        }
    }

    private func fetchParts(of state: ResumeState, into file: PartialFile, tracker: DownloadTracker) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for part in state.parts where !part.isComplete {
                if running == settings.parallelParts {
                    try await group.next()
                    running -= 1
                }
                running += 1
                group.addTask {
                    let download = PartDownload(
                        layer: layer, session: session, settings: settings, file: file, tracker: tracker)
                    try await download.run(part)
                }
            }
            try await group.waitForAll()
        }
    }
}

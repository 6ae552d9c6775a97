import AsyncHTTPClient
import ModelLibrary
import NIOCore
import NIOHTTP1

/// Why an attempt at a part ended.
enum PartFailure: Error {
    /// The server ignores that only a part is wanted.
    case rangesUnsupported
    /// Another attempt may succeed.
    case transient(String)
}

/// Fetches one part of a blob, in as many attempts as it takes.
struct PartDownload: Sendable {
    let layer: Layer
    let session: RegistrySession
    let settings: RegistryClient.Settings
    let file: PartialFile
    let tracker: DownloadTracker

    /// Bytes that are written to the disk at once.
    private static let pieceSize = 1 << 20
    /// An attempt that has fetched this much counts as a success of its own.
    private static let worthwhile = 4 << 20

    func run(_ part: BlobPart) async throws {
        var part = part
        var failures = 0
        while !part.isComplete {
            let before = part.completed
            do {
                try await fetch(&part)
            } catch PartFailure.transient(let reason) {
                failures = part.completed - before >= Self.worthwhile ? 1 : failures + 1
                guard failures < settings.attempts else { throw RegistryError.retriesExceeded(reason) }
                try await Task.sleep(for: settings.firstPause * (1 << (failures - 1)))
            }
        }
    }

    private func fetch(_ part: inout BlobPart) async throws {
        let response = try await open(part)
        var body = PacedBody(of: response, pace: settings.blobPace)
        var pending: [UInt8] = []
        var failure: (any Error)?
        do {
            while let buffer = try await body.next() {
                guard pending.count + buffer.readableBytes <= part.size - part.completed else {
                    throw RegistryError.wrongLength(layer.digest, "more bytes than announced")
                }
                pending += buffer.readableBytesView
                if pending.count >= Self.pieceSize { try await write(&pending, to: &part) }
            }
        } catch {
            failure = error
        }
        // What came before a failure is kept for the next attempt.
        if !pending.isEmpty { try await write(&pending, to: &part) }
        if let failure { throw Self.classified(failure) }
        guard part.isComplete else { throw PartFailure.transient("the connection ended early") }
    }

    /// Asks for what is missing, and checks that this is what comes.
    private func open(_ part: BlobPart) async throws -> HTTPClientResponse {
        let start = part.offset + part.completed
        let response: HTTPClientResponse
        do {
            response = try await session.get(
                session.address("blobs/\(layer.digest)"),
                headers: ["Range": "bytes=\(start)-\(part.end - 1)", "Accept-Encoding": "identity"])
        } catch {
            throw Self.classified(error)
        }
        switch response.status.code {
        case 206:
            let range = response.headers.first(name: "Content-Range") ?? ""
            guard range == "bytes \(start)-\(part.end - 1)/\(layer.size)" || range == "bytes \(start)-\(part.end - 1)/*"
            else { throw RegistryError.wrongLength(layer.digest, "it sent the range \(range.prefix(80))") }
        case 200:
            guard start == 0, part.size == layer.size else { throw PartFailure.rangesUnsupported }
            if let length = response.headers.first(name: "Content-Length"), Int(length) != layer.size {
                throw RegistryError.wrongLength(layer.digest, "\(length.prefix(40)) bytes instead of \(layer.size)")
            }
        default: throw PartFailure.transient("status \(response.status.code)")
        }
        return response
    }

    private func write(_ pending: inout [UInt8], to part: inout BlobPart) async throws {
        let bytes = pending
        let offset = part.offset + part.completed
        var updated = part
        updated.completed += bytes.count
        let saved = updated
        try await BlockingThreads.shared.run { [file] in
            try bytes.withUnsafeBytes { try file.write($0, at: offset) }
            try file.save(saved)
        }
        part = updated
        tracker.update(updated)
        pending = []
    }

    /// Tells failures of the moment from those that no other attempt can mend.
    private static func classified(_ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        switch error {
        case RegistryError.refused(let status, let body)
        where status >= 500 || status == 429 || status == 408 || status == 403:
            return PartFailure.transient("\(status): \(body)")
        case RegistryError.unreachable(let host, let reason): return PartFailure.transient("\(host): \(reason)")
        case is RegistryError, is ModelLibraryError, is PartFailure, is CancellationError: return error
        default: return PartFailure.transient(NetworkFailure.text(of: error))
        }
    }
}

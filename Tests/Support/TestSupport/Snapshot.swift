#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Texts that must not change unless a change says so. `RECORD_SNAPSHOTS=1` writes them anew.
package enum Snapshot {
    /// The recorded text at `path` below `Tests/Vectors`; when recording, `text` itself after it is written there.
    package static func recorded(_ path: String, recording text: String) throws -> String {
        let file = Vectors.directory.appending(path: path)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

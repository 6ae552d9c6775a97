#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The last lines typed at the prompt, kept in a file, one a line.
package struct PromptHistory: Sendable {
    private static let limit = 100

    package private(set) var entries: [String]
    private let path: String?

    /// - Parameter path: nil keeps the history in memory only.
    package init(path: String?) {
        self.path = path
        let text = path.flatMap { FileManager.default.contents(atPath: $0) }.map { String(decoding: $0, as: UTF8.self) }
        entries = (text ?? "").split(separator: "\n").suffix(Self.limit).map(String.init)
    }

    package mutating func add(_ line: String) {
        let entry = line.split(separator: "\n").joined(separator: " ")
        guard !entry.isEmpty, entry != entries.last else { return }
        entries = (entries + [entry]).suffix(Self.limit)
        guard let path else { return }
        try? FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        // A history that cannot be written must not end the conversation.
        try? Data((entries.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    }
}

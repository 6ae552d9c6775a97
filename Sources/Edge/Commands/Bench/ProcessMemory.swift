import JSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What this process holds in memory, where the system says so in `/proc`.
enum ProcessMemory {
    /// The peak of resident memory, mapped files included, and what is not backed by a file now; in bytes.
    static var json: JSONValue {
        let status = FileManager.default.contents(atPath: "/proc/self/status").map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let status, let peak = bytes("VmHWM:", status), let anonymous = bytes("RssAnon:", status) else {
            return .null
        }
        return .object(["peak": .integer(peak), "anonymous": .integer(anonymous)])
    }

    private static func bytes(_ label: String, _ status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
            .map { $0 * 1024 }
    }
}

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Where golden data lies.
package enum Vectors {
    /// `Tests/Vectors` of this checkout.
    package static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")

    /// The full set of golden data, where `APUS_CONFORMANCE` names it.
    package static let conformance: URL? = ProcessInfo.processInfo.environment["APUS_CONFORMANCE"]
        .map { URL(filePath: $0) }

    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: directory.appending(path: path))
    }
}

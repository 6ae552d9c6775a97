import Architectures
import TestSupport

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A folder of golden models, and which of them are of families that run.
package struct GoldenSet: Sendable {
    package let folder: URL
    package let languageModels: [String]
    package let encoders: [String]

    /// Those that are kept with the tests: one for each kind of operation, and what the conformance set lacks.
    package static let kept = GoldenSet(Vectors.directory)

    /// Those of the conformance set, where `APUS_CONFORMANCE` names it.
    package static let conformance = Vectors.conformance.map { GoldenSet($0) }

    private struct Kind: Decodable { let kind: String }

    /// What families say that they are checked by, as far as it is in the folder `models` of `directory`.
    private init(_ directory: URL) {
        let folder = directory.appending(path: "models")
        var kinds: [(name: String, kind: String)] = []
        for name in ArchitectureRegistry.models.flatMap(\.goldens) {
            guard let data = try? Data(contentsOf: folder.appending(path: "\(name)/golden.json")),
                let kind = try? JSONDecoder().decode(Kind.self, from: data).kind
            else { continue }
            kinds.append((name, kind))
        }
        self.folder = folder
        languageModels = kinds.filter { $0.kind == "lm" }.map(\.name)
        encoders = kinds.filter { $0.kind == "embd" }.map(\.name)
    }
}

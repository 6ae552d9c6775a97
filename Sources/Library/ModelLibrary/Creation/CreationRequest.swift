package import JSON
package import SystemPackage

/// What a model is to be made of.
package struct CreationRequest: Sendable {
    /// Where weights come from.
    package enum Source: Hashable, Sendable {
        /// A model: of the store, or pulled.
        case model(ModelReference)
        /// Files that are in the store already, with the names they came with.
        case blobs([NamedBlob])
        /// Files of this machine.
        case files([FilePath])
    }

    package struct NamedBlob: Hashable, Sendable {
        /// A relative path.
        package var name: String
        package var digest: Digest

        package init(name: String, digest: Digest) {
            self.name = name
            self.digest = digest
        }
    }

    package var name: ModelName
    package var source: Source
    package var adapters: Source?
    /// A smaller model of the same vocabulary, which guesses ahead.
    package var draft: Source?
    package var template: String?
    package var system: String?
    /// Appended to those of the source.
    package var licenses: [String] = []
    /// Merged over those of the source.
    package var parameters: JSONObject = [:]
    /// Replace those of the source, where there are any.
    package var messages: [StoredMessage] = []
    package var renderer: String?
    package var parser: String?
    package var requires: String?
    /// The quantization wanted, such as `Q4_K_M`.
    package var quantization: String?
    package var pullOptions = PullOptions()

    package init(name: ModelName, source: Source) {
        self.name = name
        self.source = source
    }

    /// Whether a template is to be looked for: nothing that the request names tells how conversations are written.
    var mayGetTemplate: Bool {
        if case .model = source { return false }
        return template == nil && renderer == nil
    }
}

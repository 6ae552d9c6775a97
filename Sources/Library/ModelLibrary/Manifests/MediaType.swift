/// What a layer holds.
package struct MediaType: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static let manifest = Self("application/vnd.docker.distribution.manifest.v2+json")
    package static let configuration = Self("application/vnd.docker.container.image.v1+json")

    package static let model = image("model")
    package static let projector = image("projector")
    package static let adapter = image("adapter")
    package static let draft = image("draft")
    package static let template = image("template")
    /// An older spelling of `template`.
    package static let prompt = image("prompt")
    package static let system = image("system")
    package static let parameters = image("params")
    package static let messages = image("messages")
    package static let license = image("license")
    /// One tensor of a model in the safetensors format.
    package static let tensor = image("tensor")

    /// Whether it is read as a whole with the model's description.
    package var isText: Bool {
        [.template, .prompt, .system, .parameters, .messages, .license].contains(self)
    }

    /// In a word, as `model` or `template`; the whole text where it is no part of a model.
    package var kind: String {
        text.hasPrefix(Self.imagePrefix) ? String(text.dropFirst(Self.imagePrefix.count)) : text
    }

    private static let imagePrefix = "application/vnd.ollama.image."

    private static func image(_ kind: String) -> Self { Self(imagePrefix + kind) }
}

/// A chat format that many model files have in Jinja, as a Go template: what a new model gets where its file writes about the
/// same.
package struct BuiltInTemplate: Sendable {
    /// As Ollama calls it.
    package let name: String
    /// In the language of Go's templates.
    package let source: String
    /// Texts that end an answer.
    package let stops: [String]
}

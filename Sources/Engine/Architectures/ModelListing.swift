/// Models that run, as `Docs/models.md` lists them.
package struct ModelListing: Hashable, Sendable {
    /// `general.architecture` in their files.
    package let architecture: String
    /// What people call them.
    package let title: String
    /// Names in Ollama's library.
    package let library: [String]
    /// Small models of the same kind whose results are checked: folders of the conformance set or of `Tests/Vectors/models`.
    package let goldens: [String]
    /// What does not work yet, such as `images`.
    package let missing: String?

    package init(
        _ architecture: String, _ title: String, library: [String] = [], goldens: [String], missing: String? = nil
    ) {
        self.architecture = architecture
        self.title = title
        self.library = library
        self.goldens = goldens
        self.missing = missing
    }
}

extension ArchitectureRegistry {
    /// Every kind of model that runs, by architecture.
    package static var models: [ModelListing] {
        all.flatMap { $0.models }.sorted { ($0.architecture, $0.title) < ($1.architecture, $1.title) }
    }

    /// `Docs/models.md`: a table of all models.
    package static var modelsDocument: String {
        func code(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
        let rows = models.map { model in
            "| \(code([model.architecture])) | \(model.title) | \(code(model.library)) | \(code(model.goldens)) | "
                + (model.missing.map { "runs, without \($0) |" } ?? "runs |")
        }
        return """
            # Models that run

            Printed by `apus probe models`, from what the families in `Sources/Engine/Architectures/Families` say of themselves.
            "Checked by" names the small models whose logits or embeddings are compared with those of Hugging Face
            transformers; library names are Ollama's, of which finetuned models of the same architecture run too.

            | architecture | models | library names | checked by | status |
            | --- | --- | --- | --- | --- |

            """ + rows.joined(separator: "\n") + "\n"
    }
}

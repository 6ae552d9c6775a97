package import GGUF

/// Chooses the Go template of a new model that brings a chat template in its file. Layers above know chat formats.
package struct TemplateChooser: Sendable {
    package struct Choice: Hashable, Sendable {
        /// Of the template, for the log.
        package var name: String
        package var template: String
        /// Texts that end an answer.
        package var stops: [String]

        package init(name: String, template: String, stops: [String]) {
            self.name = name
            self.template = template
            self.stops = stops
        }
    }

    let choose: @Sendable (GGUFMetadata) -> Choice?

    /// - Parameter choose: nil keeps the file's own. It computes, and is called where that may block.
    package init(_ choose: @escaping @Sendable (GGUFMetadata) -> Choice?) {
        self.choose = choose
    }

    package static let none = TemplateChooser { _ in nil }
}

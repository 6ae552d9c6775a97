import Chat
package import ModelLibrary

extension TemplateChooser {
    /// The built-in template that comes nearest to the file's in what it writes.
    package static let builtIn = TemplateChooser { metadata in
        BuiltInTemplates.matching(metadata).map { Choice(name: $0.name, template: $0.source, stops: $0.stops) }
    }
}

/// A template in the language of Go's `text/template`, with the functions that Ollama adds. An absent key of a map
/// prints as `<no value>` and is false (`missingkey=zero`).
package struct GoTemplate: Sendable {
    /// How much a template may do before it is stopped: templates come with models, and models from strangers.
    package struct Limits: Sendable {
        package var steps = 5_000_000
        /// Nested actions, parentheses and template calls.
        package var depth = 200
        /// UTF-8 bytes of output and of intermediate texts.
        package var bytes = 64 << 20

        package init() {}
    }

    private let source: [UInt8]
    let tree: GoTemplateTree

    /// - Throws: a `TemplateError` with Go's text.
    package init(_ source: String) throws(TemplateError) {
        self.source = Array(source.utf8)
        var parser = GoParser(source, functions: GoFunction.names)
        tree = try parser.parse()
    }

    init(source: [UInt8], tree: GoTemplateTree) {
        self.source = source
        self.tree = tree
    }

    /// - Parameters:
    ///   - root: what `.` and `$` are at the start, usually a map.
    ///   - now: what `currentDate` tells; the present if nil.
    package func render(
        _ root: GoValue, now: LocalTime? = nil, limits: Limits = Limits()
    ) throws(TemplateError) -> String {
        var evaluator = GoEvaluator(source: source, tree: tree, root: root, now: now ?? .now, limits: limits)
        try evaluator.run()
        return evaluator.output
    }

    /// The same template with other nodes.
    func replacingRoot(_ root: [GoNode]) -> GoTemplate {
        GoTemplate(source: source, tree: GoTemplateTree(root: root, definitions: tree.definitions))
    }
}

/// A template in the language of Go's `text/template`, with the functions that Ollama adds. An absent key of a map
/// prints as `<no value>` and is false (`missingkey=zero`).
package struct GoTemplate: Sendable {
    private let source: [UInt8]
    let tree: GoTemplateTree

    /// - Throws: a `TemplateError` with Go's text.
    package init(_ source: String) throws(TemplateError) {
        try TemplateSource.check(source)
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
    ///   - budget: what the rendering may use; what it did use is taken off.
    package func render(
        _ root: GoValue, now: LocalTime? = nil, budget: inout TemplateBudget
    ) throws(TemplateError) -> MarkedText {
        var evaluator = GoEvaluator(source: source, tree: tree, root: root, now: now ?? .now, budget: budget)
        defer { budget = evaluator.budget }
        try evaluator.run()
        return evaluator.output
    }

    /// Renders the template with a budget that suits the size of the root.
    package func render(_ root: GoValue, now: LocalTime? = nil) throws(TemplateError) -> MarkedText {
        var budget = TemplateBudget(inputBytes: root.templateBytes)
        return try render(root, now: now, budget: &budget)
    }

    /// The same template with other nodes.
    func replacingRoot(_ root: [GoNode]) -> GoTemplate {
        GoTemplate(source: source, tree: GoTemplateTree(root: root, definitions: tree.definitions))
    }
}

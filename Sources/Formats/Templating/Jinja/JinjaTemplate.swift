package import JSON

/// A chat template in Jinja, as Hugging Face's transformers run it: sandboxed, values immutable, `trim_blocks` and
/// `lstrip_blocks` on, with `raise_exception`, `strftime_now`, loop controls and `generation` blocks.
///
/// Parsed once and rendered any number of times, from any number of tasks.
package struct JinjaTemplate: Sendable {
    private let statements: [JinjaStatement]

    /// - Throws: a `TemplateError` of kind `syntax`, or `limit` for a template that nests too deep.
    package init(_ source: String) throws(TemplateError) {
        try TemplateSource.check(source)
        statements = try JinjaParser.parse(source)
    }

    /// Renders the template.
    /// - Parameters:
    ///   - variables: what the template sees by name. The order of keys shows where it prints objects.
    ///   - contents: further variables whose texts are contents, see `MarkedText`. Only the `role` of a message is a
    ///     word of the template's, where it is a word.
    ///   - now: what `strftime_now` tells; the present time if nil.
    ///   - budget: what the rendering may use; what it did use is taken off.
    package func render(
        _ variables: JSONObject, contents: JSONObject = [:], now: LocalTime? = nil, budget: inout TemplateBudget
    ) throws(TemplateError) -> MarkedText {
        let renderer = JinjaRenderer(now: now, budget: budget)
        defer {
            renderer.reclaim()
            budget = renderer.budget
        }
        let values = variables.mapValues { JinjaValue($0, isContent: false) }
        return try renderer.render(
            statements, values.merging(contents.mapValues { JinjaValue($0, isContent: true) }) { first, _ in first })
    }

    /// Renders the template with a budget that suits the size of the variables.
    package func render(
        _ variables: JSONObject, contents: JSONObject = [:], now: LocalTime? = nil
    ) throws(TemplateError) -> MarkedText {
        var budget = TemplateBudget(
            inputBytes: JSONValue.object(variables).templateBytes + JSONValue.object(contents).templateBytes)
        return try render(variables, contents: contents, now: now, budget: &budget)
    }
}

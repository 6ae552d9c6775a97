package import JSON

/// A chat template in Jinja, as Hugging Face's transformers run it: sandboxed, values immutable, `trim_blocks` and
/// `lstrip_blocks` on, with `raise_exception`, `strftime_now`, loop controls and `generation` blocks.
///
/// Parsed once and rendered any number of times, from any number of tasks.
package struct JinjaTemplate: Sendable {
    private let statements: [JinjaStatement]

    /// - Throws: a `TemplateError` of kind `syntax`, or `limit` for a template that nests too deep.
    package init(_ source: String) throws(TemplateError) {
        statements = try JinjaParser.parse(source)
    }

    /// Renders the template.
    /// - Parameters:
    ///   - variables: what the template sees by name. The order of keys shows where it prints objects.
    ///   - now: what `strftime_now` tells; the present time if nil.
    package func render(
        _ variables: JSONObject, now: LocalTime? = nil, limits: JinjaLimits = JinjaLimits()
    ) throws(TemplateError) -> String {
        let renderer = JinjaRenderer(now: now, limits: limits)
        defer { renderer.reclaim() }
        return try renderer.render(statements, variables)
    }
}

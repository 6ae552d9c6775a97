/// How large the source of a template may be, in either language. Published templates have some thousand tokens.
enum TemplateSource {
    static let maximumBytes = 4 << 20
    static let maximumTokens = 200_000

    /// Names are hashed wherever they stand, at the cost of one step.
    static let longestName = 1000

    static func check(_ source: String) throws(TemplateError) {
        guard source.utf8.count <= maximumBytes else {
            throw TemplateError(
                .limit, "the template has \(source.utf8.count) bytes and may have no more than \(maximumBytes)")
        }
    }

    static let longName = "a name of more than \(longestName) characters"

    static var tooManyTokens: TemplateError {
        TemplateError(.limit, "the template has more than \(maximumTokens) words and signs in its tags")
    }
}

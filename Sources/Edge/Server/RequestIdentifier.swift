import APITypes

/// What a request is called in its answer and in the log.
enum RequestIdentifier {
    static let field = "X-Request-Id"
    /// Where Hummingbird keeps its own, which this one takes the place of: `context.id` reads it.
    static let logKey = "hb.request.id"

    private static let longest = 128
    private static let allowed = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+=@".utf8)

    /// The identifier that a client sent, where it is one: it goes into logs and other programs' answers.
    static func accepted(_ text: String?) -> String? {
        guard let text, (1...longest).contains(text.utf8.count),
            text.utf8.allSatisfy(allowed.contains)
        else { return nil }
        return text
    }

    /// A new one, in the form of OpenAI's and Anthropic's.
    static func make() -> String { AnthropicID.make("req") }
}

/// What a request is called in its answer and in the log.
enum RequestIdentifier {
    static let field = "X-Request-Id"
    /// Where Hummingbird keeps its own, which this one takes the place of: `context.id` reads it.
    static let logKey = "hb.request.id"

    private static let longest = 128
    private static let others = Set("-_.:/+=@".utf8)

    /// The identifier that a client sent, where it is one: it goes into logs and other programs' answers.
    static func accepted(_ text: String?) -> String? {
        guard let text, (1...longest).contains(text.utf8.count),
            text.utf8.allSatisfy({ others.contains($0) || isLetterOrDigit($0) })
        else { return nil }
        return text
    }

    /// A new one, in the form of OpenAI's and Anthropic's.
    static func make() -> String {
        let digits = Array("0123456789abcdef")
        return "req_" + String((0..<24).map { _ in digits[Int.random(in: digits.indices)] })
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A lexical element of a Go template.
struct GoToken {
    enum Kind: Hashable {
        /// The text says what is wrong; the last token.
        case error
        case endOfFile
        case text
        case leftDelimiter, rightDelimiter, leftParenthesis, rightParenthesis
        /// White space between operands: it separates them.
        case space
        case pipe, assign, declare
        case bool, number, character, string, rawString
        case dot, `nil`
        /// `.Name`, with the dot.
        case field
        /// `$` or `$name`.
        case variable
        case identifier
        case keyword(Keyword)
        /// Any other character; a comma has a meaning.
        case other
    }

    enum Keyword: String {
        case block, `break`, `continue`, define, `else`, end, `if`, range, template, with
    }

    var kind: Kind
    var text: String
    /// Byte offset in the source.
    var position: Int
    /// Counted from 1, where the token starts.
    var line: Int
}

extension GoToken: CustomStringConvertible {
    /// As parse errors show it.
    var description: String {
        switch kind {
        case .endOfFile: "EOF"
        case .error: text
        case .keyword, .dot, .nil: "<\(text)>"
        default:
            text.unicodeScalars.count > 10 ? "\(GoQuoting.quote(text.prefixOfScalars(10)))..." : GoQuoting.quote(text)
        }
    }
}

extension String {
    func prefixOfScalars(_ count: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}

package import JSON

/// A text, or its tokens.
package enum TextOrTokens: Hashable, Sendable {
    case text(String)
    case tokens([Int])

    /// Why a value is no list of texts.
    enum Failure: Error {
        /// Nothing is there, or a list of nothing.
        case empty
        case mismatch
    }

    /// A text, a list of texts, the tokens of a text, or a list of the tokens of texts: at least one, with a token at least.
    static func list(_ value: JSONValue?) throws(Failure) -> [TextOrTokens] {
        switch value {
        case .string(let text)?: return [.text(text)]
        case .array(let elements)? where !elements.isEmpty:
            if let tokens = try tokens(elements) { return [.tokens(tokens)] }
            return try elements.map { element throws(Failure) in
                if case .string(let text) = element { return .text(text) }
                guard let list = element.arrayValue, !list.isEmpty, let tokens = try tokens(list) else {
                    throw .mismatch
                }
                return .tokens(tokens)
            }
        case nil, .array?, .object([:])?: throw .empty
        default: throw .mismatch
        }
    }

    /// Nil where the first element is no number.
    private static func tokens(_ elements: [JSONValue]) throws(Failure) -> [Int]? {
        guard elements.first?.intValue != nil else { return nil }
        let tokens = elements.compactMap(\.intValue)
        guard tokens.count == elements.count else { throw .mismatch }
        return tokens
    }
}

/// Where tokens begin in a text, in code points, as Python counts them.
struct TextOffsets {
    /// Of the text so far.
    private var count = 0

    /// The place of a token that goes on with the text.
    mutating func append(_ bytes: some Sequence<UInt8>) -> Int {
        defer { count += bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
        return count
    }

    /// The places of the tokens of a prompt. What the prompt does not show, such as the token that begins every text or
    /// the space before its first word, takes no place.
    mutating func append(_ tokens: [[UInt8]], of prompt: [UInt8]) -> [Int] {
        var rest = prompt[...]
        let places = tokens.map { token in
            var token = token[...]
            if rest.startIndex == prompt.startIndex, token.first == UInt8(ascii: " "), !rest.starts(with: token) {
                token = token.dropFirst()
            }
            guard rest.starts(with: token) else { return count }
            rest = rest.dropFirst(token.count)
            return append(token)
        }
        _ = append(rest)
        return places
    }
}

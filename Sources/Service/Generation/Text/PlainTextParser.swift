import Chat

/// Reads an answer to a prompt without a format: all of it is content.
struct PlainTextParser: OutputParser {
    mutating func push(_ text: String) -> [OutputPart] { text.isEmpty ? [] : [.content(text)] }

    mutating func finish() -> [OutputPart] { [] }
}

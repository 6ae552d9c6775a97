import Templating

/// The calls of earlier turns, for templates that leave them out: they are written as the model writes them, behind what
/// the turn said.
struct WrittenCalls {
    /// Stands in a message for its calls until the template has written the message: only so are their marks the
    /// template's rather than somebody's words.
    private static let placeholder = "\u{10FFFD}"

    private var texts: [MarkedText] = []
    /// The last message calls.
    private(set) var isInLast = false

    /// Takes the calls out of messages.
    /// - Parameter syntax: nil where nothing is to be done.
    init(_ syntax: ToolCallSyntax?, _ messages: inout [Message]) {
        guard let syntax, !messages.contains(where: { $0.content.mentions(Self.placeholder) }) else {
            return
        }
        for index in messages.indices where !messages[index].toolCalls.isEmpty {
            texts.append(syntax.text(of: messages[index].toolCalls))
            messages[index].toolCalls = []
            messages[index].content += Self.placeholder
            isInLast = index == messages.count - 1
        }
    }

    /// The prompt with the calls in their places; without them where the template repeats or leaves out turns.
    func inserted(into prompt: MarkedText) -> MarkedText {
        guard !texts.isEmpty else { return prompt }
        var text = prompt.text
        let places = text.withUTF8 { SubstringSearch(Self.placeholder).offsets(in: $0) }
        var result: MarkedText = ""
        var start = 0
        for (index, place) in places.enumerated() {
            result.append(prompt.slice(start..<place))
            if places.count == texts.count { result.append(texts[index]) }
            start = place + Self.placeholder.utf8.count
        }
        return result + prompt.slice(start..<prompt.utf8.count)
    }
}

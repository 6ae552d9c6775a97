/// Tells thinking from content by an opening tag that the text must begin with, and a closing tag. White space after
/// either is dropped; later tags are content.
package struct ThinkingParser: OutputParser {
    private enum State {
        case beforeOpening, afterOpening, thinking, afterClosing, content
    }

    private let opening: [UInt8]
    private let closing: TagScanner
    private var state: State
    private var pending: [UInt8] = []

    /// - Parameter startsInside: the prompt ended with the opening tag.
    package init(opening: String, closing: String, startsInside: Bool) {
        self.opening = Array(opening.utf8)
        self.closing = TagScanner([closing])
        state = startsInside ? .afterOpening : .beforeOpening
    }

    package mutating func push(_ text: String) -> [OutputPart] {
        pending += text.utf8
        var parts: [OutputPart] = []
        while advance(&parts) {}
        return parts
    }

    package mutating func finish() -> [OutputPart] {
        defer { pending = [] }
        guard !pending.isEmpty else { return [] }
        switch state {
        case .beforeOpening, .content: return [.content(pending.text)]
        case .thinking: return [.thinking(pending.text)]
        case .afterOpening, .afterClosing: return []
        }
    }

    /// Returns whether the state changed.
    private mutating func advance(_ parts: inout [OutputPart]) -> Bool {
        switch state {
        case .beforeOpening: return lookForOpening()
        case .afterOpening: return skipWhitespace(then: .thinking)
        case .thinking:
            if let match = closing.firstMatch(in: pending) {
                emit(match.lowerBound, as: OutputPart.thinking, &parts)
                pending.removeFirst(match.count)
                state = .afterClosing
                return true
            }
            emit(pending.count - closing.partialMatchLength(in: pending), as: OutputPart.thinking, &parts)
            return false
        case .afterClosing: return skipWhitespace(then: .content)
        case .content:
            emit(pending.count, as: OutputPart.content, &parts)
            return false
        }
    }

    private mutating func lookForOpening() -> Bool {
        let body = pending.drop(while: \.isWhitespace)
        if body.starts(with: opening) {
            pending = Array(body.dropFirst(opening.count))
            state = .afterOpening
            return true
        }
        guard !opening.starts(with: body) else { return false }
        state = .content
        return true
    }

    private mutating func skipWhitespace(then next: State) -> Bool {
        pending = Array(pending.drop(while: \.isWhitespace))
        guard !pending.isEmpty else { return false }
        state = next
        return true
    }

    private mutating func emit(
        _ count: Int, as part: (String) -> OutputPart, _ parts: inout [OutputPart]
    ) {
        guard count > 0 else { return }
        parts.append(part(pending.prefix(count).text))
        pending.removeFirst(count)
    }
}

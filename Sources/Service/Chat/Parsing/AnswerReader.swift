/// Reads an answer byte by byte: thinking between its marks, calls behind theirs, all else is content. However a text is
/// cut into pieces, its parts are the same.
///
/// White space around marks means nothing. What begins as a call and is none stays the text that it is.
package struct AnswerReader: ByteOutputParser {
    /// What is looked for.
    struct Rules: Sendable {
        /// The first pair counts that the answer begins with.
        var thinking: [ThinkingMarks] = []
        var openings: [CallOpening] = []
        /// Marks without a meaning for the reader of an answer.
        var ignored: [String] = []
        /// Nothing is looked for once content has begun.
        var contentIsWhole = false
        /// The thinking that the prompt has opened.
        var open: ThinkingMarks?
        /// The prompt has begun what the first of the openings would.
        var startsInCall = false
    }

    private enum State {
        case text, thinking, call
    }

    private enum Mark {
        case opening(CallOpening)
        case thinking(ThinkingMarks)
        case closing
        case ignored
    }

    private struct Scanner {
        var scanner: MarkScanner
        let marks: [Mark]

        init(_ marks: [(String, Mark)]) {
            scanner = MarkScanner(marks.map(\.0))
            self.marks = marks.map(\.1)
        }
    }

    private let rules: Rules
    private var sink: PartSink
    private var state = State.text
    /// Nothing but white space and thinking came yet.
    private var isLeading = true
    private var mayThink = true
    /// Looks for what may come in the present state.
    private var scanner: Scanner
    /// White space that content may follow.
    private var spaces: [UInt8] = []
    /// White space means nothing here.
    private var skipsSpaces = false
    private var thinkingMarks: ThinkingMarks?
    /// Nothing of a thought was read yet.
    private var isThinkingNew = false
    private var reader: (any CallReader)?
    private var opening: CallOpening?
    /// What was read since the calls, or the last of them, began.
    private var raw: [UInt8] = []
    /// How many bytes of that are the opening mark and the white space before it.
    private var openedBytes = 0
    /// What that is where it is no call.
    private var rawKind = PartSink.Text.content

    init(_ rules: Rules, _ sink: PartSink) {
        self.rules = rules
        self.sink = sink
        scanner = Scanner([])
        if let open = rules.open {
            beginThinking(open)
        } else if rules.startsInCall, let first = rules.openings.first {
            begin(first, raw: [])
        } else {
            rescan()
        }
    }

    package var region: OutputRegion {
        switch state {
        case .text: .content
        case .thinking: .thinking
        case .call: .toolCall
        }
    }

    package mutating func push(bytes: some Sequence<UInt8>) -> [OutputPart] {
        for byte in bytes { take(byte) }
        return sink.take()
    }

    package mutating func finish() -> [OutputPart] {
        switch state {
        case .text:
            let held = scanner.scanner.drain()
            for byte in held { takeText(byte) }
            sink.append(spaces, as: .content)
        case .thinking:
            for byte in scanner.scanner.drain() { takeThought(byte) }
        case .call:
            if reader?.finish(&sink) == true { raw = [] } else { giveBack() }
        }
        spaces = []
        return sink.finish()
    }

    private mutating func take(_ byte: UInt8) {
        if state == .call { return takeCall(byte) }
        switch scanner.scanner.take(byte) {
        case .pass: takeUnmarked(byte)
        case .hold: break
        case .release(let bytes):
            // What is held back stays so, unless this ends the beginning of the answer, where more counts.
            let wasLeading = isLeading
            for byte in bytes { takeUnmarked(byte) }
            if wasLeading, !isLeading, state == .text { rescan() }
        case .match(let index, let before):
            let mark = scanner.marks[index]
            let text = scanner.scanner.marks[index]
            for byte in before { takeUnmarked(byte) }
            if isOutdated(mark) {
                for byte in text { take(byte) }
            } else {
                take(mark, text)
            }
        }
    }

    /// A mark that only counts at the beginning, which ended with the bytes before the mark.
    private func isOutdated(_ mark: Mark) -> Bool {
        if rules.contentIsWhole, !isLeading, state == .text { return true }
        return switch mark {
        case .opening(let opening): opening.isLeading && !isLeading
        case .thinking(let marks): !marks.isAnywhere && !isLeading
        case .closing, .ignored: false
        }
    }

    private mutating func takeUnmarked(_ byte: UInt8) {
        if state == .thinking { takeThought(byte) } else { takeText(byte) }
    }

    private mutating func take(_ mark: Mark, _ text: [UInt8]) {
        switch mark {
        case .ignored: break
        case .closing:
            state = .text
            skipsSpaces = true
            spaces = []
            isLeading = true
            rescan()
        case .thinking(let marks):
            if state == .thinking {
                // The prompt had opened the thought already.
                if isThinkingNew { skipsSpaces = true } else { for byte in text { takeThought(byte) } }
                return
            }
            spaces = []
            beginThinking(marks)
        case .opening(let opening): begin(opening, raw: spaces + text)
        }
    }

    // MARK: Text

    private mutating func takeText(_ byte: UInt8) {
        if byte.isWhitespace {
            if skipsSpaces { return }
            // Without marks nothing can tell that white space means nothing.
            if isLeading || !scanner.marks.isEmpty { spaces.append(byte) } else { sink.append(byte, as: .content) }
            return
        }
        let wasLeading = isLeading
        skipsSpaces = false
        isLeading = false
        mayThink = false
        sink.append(spaces, as: .content)
        spaces = []
        sink.append(byte, as: .content)
        if wasLeading, scanner.scanner.held.isEmpty { rescan() }
    }

    /// Sets up the scanner for the present state. What the old one held back is looked at again.
    private mutating func rescan() {
        let held = scanner.scanner.drain()
        var marks: [(String, Mark)] = []
        if rules.contentIsWhole, !isLeading {
            scanner = Scanner([])
            for byte in held { take(byte) }
            return
        }
        for opening in rules.openings where isLeading || !opening.isLeading {
            marks.append((opening.mark, .opening(opening)))
        }
        for pair in rules.thinking where pair.isAnywhere || (isLeading && mayThink) {
            marks.append((pair.opening, .thinking(pair)))
        }
        for text in rules.ignored { marks.append((text, .ignored)) }
        scanner = Scanner(marks)
        for byte in held { take(byte) }
    }

    // MARK: Thinking

    private mutating func beginThinking(_ marks: ThinkingMarks) {
        state = .thinking
        thinkingMarks = marks
        isThinkingNew = true
        mayThink = false
        skipsSpaces = true
        var found: [(String, Mark)] = [(marks.closing, .closing), (marks.opening, .thinking(marks))]
        if marks.endsWithCalls {
            found += rules.openings.filter { !$0.isLeading }.map { ($0.mark, .opening($0)) }
        }
        scanner = Scanner(found)
    }

    private mutating func takeThought(_ byte: UInt8) {
        if skipsSpaces, byte.isWhitespace { return }
        skipsSpaces = false
        isThinkingNew = false
        sink.append(byte, as: .thinking)
    }

    // MARK: Calls

    private mutating func begin(_ opening: CallOpening, raw: [UInt8]) {
        let mark = Array(opening.mark.utf8)
        rawKind = state == .thinking ? .thinking : .content
        state = .call
        spaces = []
        reader = opening.makeReader()
        self.opening = opening
        let seen = rules.startsInCall && raw.isEmpty ? 0 : min(opening.seen, mark.count)
        self.raw = Array(raw.dropLast(seen))
        openedBytes = self.raw.count
        for byte in mark.suffix(seen) { take(byte) }
    }

    private mutating func takeCall(_ byte: UInt8) {
        let calls = sink.callCount
        let progress = reader?.take(byte, &sink) ?? .doneBefore
        if sink.callCount > calls {
            raw = []
            openedBytes = 0
            rawKind = .content
        } else if progress.consumes {
            raw.append(byte)
        }
        switch progress {
        case .more: break
        case .rejected: giveBack()
        case .done:
            raw = []
            leaveCall(skippingSpaces: opening?.isLeading != true)
        case .doneAsText:
            giveBack()
            leaveCall(skippingSpaces: false)
        case .doneBefore:
            // The end of what is given back may begin a mark, which the reader took for one of its own.
            let tail = raw.suffix(beginningOfMark)
            raw.removeLast(tail.count)
            giveBack()
            leaveCall(skippingSpaces: false)
            for byte in tail { take(byte) }
            take(byte)
        }
    }

    /// How many bytes at the end of what was read since the calls began may be the beginning of a mark.
    private var beginningOfMark: Int {
        let read = raw.dropFirst(openedBytes)
        let longest = read.count - 1
        guard longest > 0 else { return 0 }
        let marks = rules.openings.filter { !$0.isLeading }.map { Array($0.mark.utf8) }
        let start = read.suffix(min(longest, 64)).indices.first { start in
            marks.contains { $0.count > read.endIndex - start && $0.starts(with: read[start...]) }
        }
        return start.map { read.endIndex - $0 } ?? 0
    }

    private mutating func leaveCall(skippingSpaces: Bool) {
        reader = nil
        if rawKind == .thinking, let marks = thinkingMarks {
            let wasNew = isThinkingNew
            beginThinking(marks)
            isThinkingNew = wasNew
            skipsSpaces = false
            return
        }
        state = .text
        skipsSpaces = skippingSpaces
        rescan()
    }

    /// What was read since the last call is text.
    private mutating func giveBack() {
        sink.abandonCall()
        if rawKind == .content {
            isLeading = false
            mayThink = false
        } else {
            isThinkingNew = false
        }
        sink.append(raw, as: rawKind)
        raw = []
        openedBytes = 0
    }
}

extension CallProgress {
    fileprivate var consumes: Bool {
        if case .doneBefore = self { false } else { true }
    }
}

/// The text being typed at a prompt: keys in, an outcome out. Knows nothing of the terminal.
package struct LineEditor: Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The text or the cursor changed; draw again.
        case editing
        case submitted(String)
        /// Ctrl-C on an empty line, or which emptied it.
        case interrupted(wasEmpty: Bool)
        /// Ctrl-D on an empty line.
        case ended
        case clearScreen
        case suspend
        case externalEditor(String)
    }

    package private(set) var text: [Character] = []
    package private(set) var cursor = 0
    private var isPasting = false
    private let history: [String]
    private var historyIndex: Int
    private var draft: [Character] = []

    package init(history: [String] = [], text: String = "") {
        self.history = history
        historyIndex = history.count
        self.text = Array(text)
        cursor = self.text.count
    }

    package mutating func handle(_ key: Key) -> Outcome {
        if isPasting {
            paste(key)
            return .editing
        }
        switch key {
        case .character(let character): insert(character)
        case .lineFeed: insert("\n")
        case .tab: for _ in 0..<8 { insert(" ") }
        case .enter: return .submitted(String(text))
        case .pasteBegins: isPasting = true
        case .backspace, .control("h"): remove(max(cursor - 1, 0)..<cursor)
        case .delete: remove(cursor..<min(cursor + 1, text.count))
        case .left, .control("b"): cursor = max(cursor - 1, 0)
        case .right, .control("f"): cursor = min(cursor + 1, text.count)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = text.count
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .deleteWord, .control("w"): remove(wordStart..<cursor)
        case .control("k"): remove(cursor..<text.count)
        case .control("u"): remove(0..<cursor)
        case .up, .control("p"): recall(historyIndex - 1)
        case .down, .control("n"): recall(historyIndex + 1)
        case .control("c"):
            let wasEmpty = text.isEmpty
            text = []
            cursor = 0
            return .interrupted(wasEmpty: wasEmpty)
        case .control("d"):
            if text.isEmpty { return .ended }
            remove(cursor..<min(cursor + 1, text.count))
        case .control("l"): return .clearScreen
        case .control("z"): return .suspend
        case .control("g"): return .externalEditor(String(text))
        case .control, .escape, .pasteEnds: break
        }
        return .editing
    }

    private mutating func paste(_ key: Key) {
        switch key {
        case .pasteEnds: isPasting = false
        case .character(let character): insert(character)
        case .enter, .lineFeed: insert("\n")
        case .tab: insert("\t")
        default: break
        }
    }

    private mutating func insert(_ character: Character) {
        // A combining mark joins the character before it.
        if cursor > 0, let joined = Self.join(text[cursor - 1], character) {
            text[cursor - 1] = joined
            return
        }
        text.insert(character, at: cursor)
        cursor += 1
    }

    private static func join(_ first: Character, _ second: Character) -> Character? {
        let both = String(first) + String(second)
        return both.count == 1 ? both.first : nil
    }

    private mutating func remove(_ range: Range<Int>) {
        text.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var wordStart: Int {
        var index = cursor
        while index > 0, text[index - 1].isWhitespace { index -= 1 }
        while index > 0, !text[index - 1].isWhitespace { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < text.count, text[index].isWhitespace { index += 1 }
        while index < text.count, !text[index].isWhitespace { index += 1 }
        return index
    }

    private mutating func recall(_ index: Int) {
        guard (0...history.count).contains(index) else { return }
        if historyIndex == history.count { draft = text }
        historyIndex = index
        text = index == history.count ? draft : Array(history[index])
        cursor = text.count
    }
}

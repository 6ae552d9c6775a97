/// Draws the text of a `LineEditor` behind a prompt, over as many terminal lines as it needs.
package struct LineRenderer: Sendable {
    private let prompt: String
    private let continuation: String
    private let placeholder: String
    /// The terminal line of the cursor, counted from the prompt's.
    private var cursorLine = 0

    package init(prompt: String, continuation: String = "... ", placeholder: String = "") {
        self.prompt = prompt
        self.continuation = continuation
        self.placeholder = placeholder
    }

    /// The escape codes that show the editor's present state.
    package mutating func draw(_ editor: LineEditor, width: Int) -> String {
        let (text, end) = layout(editor.text[...], width: width)
        let (_, cursor) = layout(editor.text[..<editor.cursor], width: width)
        var output = cursorLine > 0 ? "\u{1B}[\(cursorLine)A" : ""
        output += "\r\u{1B}[J" + text
        if editor.text.isEmpty, !placeholder.isEmpty {
            output += "\u{1B}[90m\(placeholder)\u{1B}[0m\u{1B}[\(placeholder.displayWidth)D"
        }
        if end.line > cursor.line { output += "\u{1B}[\(end.line - cursor.line)A" }
        output += "\r"
        if cursor.column > 0 { output += "\u{1B}[\(cursor.column)C" }
        cursorLine = cursor.line
        return output
    }

    /// Moves below the text, where the answer begins.
    package mutating func finish(_ editor: LineEditor, width: Int) -> String {
        let (text, _) = layout(editor.text[...], width: width)
        let up = cursorLine > 0 ? "\u{1B}[\(cursorLine)A" : ""
        cursorLine = 0
        return up + "\r\u{1B}[J" + text + "\r\n"
    }

    private func layout(_ characters: ArraySlice<Character>, width: Int) -> (String, (line: Int, column: Int)) {
        var output = prompt
        var line = 0
        var column = prompt.displayWidth
        for character in characters {
            if character.isNewline {
                output += "\r\n" + continuation
                line += 1
                column = continuation.displayWidth
                continue
            }
            // What was pasted, or comes from the history's file, may hold anything.
            let shown = String(character).printableLine()
            if column + shown.displayWidth > width {
                output += "\r\n"
                line += 1
                column = 0
            }
            output += shown
            column += shown.displayWidth
        }
        return (output, (line, column))
    }
}

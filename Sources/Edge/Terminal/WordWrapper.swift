/// Wraps streamed text between words, for a terminal.
///
/// A word that arrives in pieces is printed at once; when it turns out too long for the line, the pieces are erased
/// and printed again on the next line.
package struct WordWrapper: Sendable {
    private let width: Int
    private var column = 0
    private var word = ""

    /// - Parameter terminalWidth: columns of the terminal; lines are kept five shorter.
    package init(terminalWidth: Int) {
        width = max(terminalWidth - 5, 10)
    }

    /// What to print for `text`, escape codes included.
    package mutating func wrap(_ text: String) -> String {
        var output = ""
        for character in text {
            append(character, to: &output)
        }
        return output
    }

    private mutating func append(_ character: Character, to output: inout String) {
        if character.isNewline {
            output.append("\n")
            column = 0
            word = ""
            return
        }
        if column + character.displayWidth > width {
            let wordWidth = word.displayWidth
            if character == " " {
                output.append("\n")
                column = 0
                word = ""
                return
            }
            if wordWidth > 0, wordWidth < column {
                output += "\u{1B}[\(wordWidth)D\u{1B}[K\n\(word)"
                column = wordWidth
            } else {
                output.append("\n")
                column = 0
                word = ""
            }
        }
        output.append(character)
        column += character.displayWidth
        if character == " " || character.displayWidth > 1 {
            word = ""
        } else {
            word.append(character)
        }
    }
}

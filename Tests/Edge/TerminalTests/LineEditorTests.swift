import Terminal
import Testing

@Suite("Line editor")
struct LineEditorTests {
    private func type(_ bytes: String, history: [String] = []) -> (LineEditor, [LineEditor.Outcome]) {
        var editor = LineEditor(history: history)
        var decoder = KeyDecoder()
        let outcomes = decoder.decode(Array(bytes.utf8)).map { editor.handle($0) }
        return (editor, outcomes.filter { $0 != .editing })
    }

    @Test("typed text is submitted by Enter")
    func submits() {
        #expect(type("héllo wörld\r").1 == [.submitted("héllo wörld")])
    }

    @Test(
        "keys edit the text",
        arguments: [
            ("abc\u{1B}[D\u{7F}", "ac"), ("abc\u{01}x", "xabc"), ("abc\u{01}\u{0B}", ""), ("one two\u{17}", "one "),
            ("one two\u{1B}bx", "one xtwo"), ("ab\u{1B}[D\u{1B}[3~", "a"), ("ab\u{15}c", "c"), ("a\tb", "a        b"),
            ("a\u{0A}b", "a\nb"), ("\u{1B}[200~x\ry\u{1B}[201~z", "x\nyz"), ("e\u{0301}", "e\u{0301}"),
            ("a\u{1B}[99;5~b", "ab"),
        ])
    func edits(keys: String, expected: String) {
        #expect(String(type(keys).0.text) == expected)
    }

    @Test("history is recalled, and the draft comes back")
    func recalls() {
        #expect(String(type("dr\u{1B}[A", history: ["one", "two"]).0.text) == "two")
        #expect(String(type("dr\u{1B}[A\u{1B}[A\u{1B}[A", history: ["one", "two"]).0.text) == "one")
        #expect(String(type("dr\u{1B}[A\u{1B}[B", history: ["one", "two"]).0.text) == "dr")
    }

    @Test("Ctrl-C empties the line, Ctrl-D ends on an empty one")
    func control() {
        #expect(
            type("abc\u{03}\u{03}\u{04}").1 == [.interrupted(wasEmpty: false), .interrupted(wasEmpty: true), .ended])
        #expect(String(type("ab\u{01}\u{04}").0.text) == "b")
    }

    @Test("a key sequence may arrive byte by byte")
    func split() {
        var decoder = KeyDecoder()
        let keys = Array("é\u{1B}[200~".utf8).dropLast(6).flatMap { decoder.decode([$0]) }
        #expect(keys == [.character("é")])
    }

    @Test("long and wide text is laid out over lines")
    func draws() {
        var editor = LineEditor()
        for character in "日本語日本語" { _ = editor.handle(.character(character)) }
        var renderer = LineRenderer(prompt: ">>> ")
        let output = renderer.draw(editor, width: 10)
        #expect(output == "\r\u{1B}[J>>> 日本語\r\n日本語\r\u{1B}[6C")
    }
}

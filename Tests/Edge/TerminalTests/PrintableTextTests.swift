import Terminal
import Testing

@Suite("Text of others, printable")
struct PrintableTextTests {
    @Test(
        "what steers a terminal does not pass, what people write does",
        arguments: [
            ("plain", "plain"), ("a\nb\tc", "a\nb\tc"), ("a\r\nb\rc", "a\nbc"),
            ("\u{1B}[31mred\u{7}", "\u{FFFD}[31mred\u{FFFD}"),
            ("\u{9B}2J\u{90}x\u{9C}", "\u{FFFD}2J\u{FFFD}x\u{FFFD}"),
            ("a\u{8}\u{7F}\u{0}", "a\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("é\u{A0}漢 👩\u{200D}🚀 می\u{200C}خ", "é\u{A0}漢 👩\u{200D}🚀 می\u{200C}خ"),
            ("\u{2067}שלום\u{2069}", "\u{2067}שלום\u{2069}"),
        ])
    func text(text: String, shown: String) {
        #expect(text.printable == shown)
        #expect(Substring(text).printable == shown)
    }

    @Test(
        "in a line nothing is hidden, turned around or broken",
        arguments: [
            ("plain", "plain"), ("a\nb\tc\r\nd", "a b c  d"), ("\u{1B}]0;x\u{7}", "\u{FFFD}]0;x\u{FFFD}"),
            ("ap\u{202E}sup\u{2066}", "ap\u{FFFD}sup\u{FFFD}"), ("a\u{200B}b\u{FEFF}", "a\u{FFFD}b\u{FFFD}"),
            ("a\u{2028}b", "a b"), ("👩\u{200D}🚀 می\u{200C}خ", "👩\u{200D}🚀 می\u{200C}خ"), ("\u{9B}2J", "\u{FFFD}2J"),
        ])
    func line(text: String, shown: String) {
        #expect(text.printableLine() == shown)
    }

    @Test("a line is bounded, also where a million marks stand on one letter")
    func length() {
        #expect("abcdef".printableLine(limit: 3) == "abc…")
        #expect("abc".printableLine(limit: 3) == "abc")
        #expect(String(repeating: "\u{301}", count: 100_000).printableLine().unicodeScalars.count == 1001)
    }

    @Test("no control and no escape passes, whatever surrounds it")
    func everyControl() throws {
        for value in Array(UInt32(0)...0x1F) + Array(0x7F...0x9F) {
            let scalar = try #require(Unicode.Scalar(value))
            let text = "x" + String(Character(scalar)) + "y"
            let isKept = scalar == "\n" || scalar == "\t"
            #expect(text.printable.unicodeScalars.contains(scalar) == isKept)
            #expect(!text.printableLine().unicodeScalars.contains(scalar))
        }
    }

    @Test("a prefix fits into its columns")
    func columns() {
        #expect("abc".prefix(columns: 2) == "ab")
        #expect("漢字x".prefix(columns: 3) == "漢")
        #expect("abc".prefix(columns: 9) == "abc")
        #expect("abc".prefix(columns: -1) == "")
    }

    @Test("cells of a table are lines; a wide one stands out of its column")
    func cells() {
        var table = TextTable()
        table.add(["a\u{1B}[2Jb\nc", "x"])
        table.add([String(repeating: "n", count: 500), "y"])
        #expect(table.lines[0].hasPrefix("a\u{FFFD}[2Jb c"))
        #expect(table.lines[0].count < 150)
        #expect(table.lines[1].hasSuffix("n    y    "))
    }

    @Test("a bar counts with whatever numbers a server tells")
    func bar() {
        for (completed, total) in [(Int.max, Int.max), (Int.max, 1), (.min, .max), (.max, .min), (-1, 100), (5, 0)] {
            var bar = ProgressBar(label: "x", total: total)
            bar.update(completed: .min, total: total, at: 0)
            bar.update(completed: completed, total: total, at: 1)
            #expect((0...100).contains(bar.percent))
            #expect(!bar.line(width: 80).isEmpty)
        }
        var bar = ProgressBar(label: "x", total: 100)
        bar.update(completed: 29, total: 100, at: 0)
        #expect(bar.percent == 29)
    }

    @Test("a pasted escape sequence is drawn, not obeyed")
    func typed() {
        var renderer = LineRenderer(prompt: ">>> ")
        let editor = LineEditor(history: [], text: "a\u{1B}[2Jb")
        let drawn = renderer.draw(editor, width: 80)
        #expect(drawn.contains("a\u{FFFD}[2Jb"))
        #expect(!drawn.contains("\u{1B}[2J"))
    }
}

import ModelLibrary
import Testing

@Suite("Text and bytes from elsewhere")
struct TransferTests {
    @Test(
        "a text becomes one line without what moves a cursor or hides",
        arguments: [
            ("", ""), ("plain – ü 你好 👩‍🔬", "plain – ü 你好 👩🔬"), ("  a\r\n\tb  ", "a b"), ("\u{1b}[2Jx\u{7}\u{0}", "[2Jx"),
            ("a\u{9b}b\u{85}c", "ab c"), ("a\u{202e}b\u{2066}c\u{200b}d", "abcd"), ("a\u{2028}b\u{2029}c", "a b c"),
            ("\n\n", ""),
        ])
    func line(text: String, expected: String) {
        #expect(OutsideText.line(text) == expected)
    }

    @Test("a long text is cut by bytes, also where its letters are long")
    func length() {
        #expect(OutsideText.line("12345", limit: 5) == "12345")
        #expect(OutsideText.line("123456", limit: 5) == "12345…")
        let letters = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(OutsideText.line(letters, limit: 100).utf8.count <= 103)
    }

    @Test("bytes that come fast enough go on for ever; those that drip end after one window")
    func pace() throws {
        var pace = TransferPace(minimum: 100, per: .seconds(60))
        for _ in 0..<1000 { try pace.add(bytes: 10, after: .seconds(5)) }
        var drip = TransferPace(minimum: 100, per: .seconds(60))
        for _ in 0..<2 { try drip.add(bytes: 1, after: .seconds(29)) }
        let error = #expect(throws: TransferPace.TooSlow.self) { try drip.add(bytes: 1, after: .seconds(29)) }
        #expect(error?.reason == "less than 100 bytes came in 60 seconds")
        var shown = TransferPace(minimum: 100, per: .seconds(60))
        for _ in 0..<10 {
            try shown.add(bytes: 0, after: .seconds(50))
            shown.restart()
        }
    }

    @Test("progress does not lengthen a limit on the whole")
    func total() throws {
        var pace = TransferPace(total: .milliseconds(1500))
        for _ in 0..<3 { try pace.add(bytes: 1_000_000, after: .milliseconds(500)) }
        pace.restart()
        let error = #expect(throws: TransferPace.TooSlow.self) { try pace.add(bytes: 1, after: .milliseconds(1)) }
        #expect(error?.reason == "not all came within 1.5 seconds")
    }
}

import Terminal
import Testing

@Suite("Terminal formatting")
struct FormattingTests {
    @Test(
        "sizes are powers of 1000",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1_300_000_000, "1.3 GB"), (637_000_000, "637 MB"),
            (2_000_000_000, "2 GB"), (98_362_432, "98 MB"), (9_990_000, "9.9 MB"),
        ])
    func sizes(bytes: Int, expected: String) {
        #expect(ByteCount(bytes).description == expected)
    }

    @Test(
        "times are told in the largest fitting unit",
        arguments: [
            (0.5, "Less than a second from now"), (-1, "1 second ago"), (-59, "59 seconds ago"),
            (-90, "About a minute ago"), (240, "4 minutes from now"), (-3600, "About an hour ago"),
            (-47 * 3600, "47 hours ago"), (-3 * 86400, "3 days ago"), (-20 * 86400, "2 weeks ago"),
            (-90 * 86400, "3 months ago"), (-800 * 86400, "2 years ago"), (292 * 365 * 86400, "Forever"),
        ] as [(Double, String)])
    func times(seconds: Double, expected: String) {
        #expect(RelativeTime.describe(secondsFromNow: seconds) == expected)
    }

    @Test("columns are padded by four spaces")
    func table() {
        var table = TextTable(header: ["NAME", "SIZE"])
        table.add(["smollm2:latest", "98 MB"])
        #expect(table.lines == ["NAME              SIZE     ", "smollm2:latest    98 MB    "])
    }

    @Test("a bar shows percent, amount and rate")
    func bar() {
        var bar = ProgressBar(label: "pulling abc", total: 1000)
        bar.update(completed: 100, total: 1000, at: 0)
        bar.update(completed: 500, total: 1000, at: 2)
        #expect(bar.line(width: 60) == "pulling abc:  50% ▕███████        ▏ 500 B/1 KB  200 B/s  2s")
        bar.update(completed: 1000, total: 1000, at: 3)
        #expect(bar.line(width: 60).hasSuffix("▏ 1 KB"))
    }

    @Test(
        "a bar holds whatever a server says",
        arguments: [
            (Int.max, Int.max), (Int.max, 1), (Int.min, Int.max), (Int.max, Int.min), (Int.min, Int.min), (-1, 0),
            (1, 0),
            (Int.max - 1, Int.max), (5, -5),
        ])
    func hostileBar(completed: Int, total: Int) {
        var bar = ProgressBar(label: "x", total: total)
        for second in [0.0, 1, 2, .infinity, -.infinity, .nan] {
            bar.update(completed: completed, total: total, at: second)
            bar.update(completed: 0, total: total, at: second + 1)
            bar.update(completed: completed, total: total, at: second + 2)
            #expect((0...100).contains(bar.percent))
            for width in [0, 1, 20, 200] { #expect(bar.line(width: width).hasPrefix("x: ")) }
        }
    }

    @Test(
        "the share of a bar is exact",
        arguments: [(29, 100, 29), (1, 3, 33), (7, 3, 100), (-1, 3, 0), (Int.max, Int.max, 100), (0, 0, 0)])
    func share(completed: Int, total: Int, percent: Int) {
        var bar = ProgressBar(label: "x", total: total)
        bar.update(completed: completed, total: total, at: 0)
        #expect(bar.percent == percent)
    }

    @Test("times and sizes beyond all measure end in words", arguments: [1e300, -1e300, .infinity, -.infinity, .nan])
    func hostileTimes(seconds: Double) {
        #expect(!RelativeTime.describe(secondsFromNow: seconds).isEmpty)
        #expect(ByteCount(Int(held: seconds)).description.hasSuffix("B"))
    }

    @Test("words are moved whole to the next line, wherever the text was split")
    func wraps() {
        var whole = WordWrapper(terminalWidth: 20)
        #expect(whole.wrap("alpha beta gamma delta") == "alpha beta gamm\u{1B}[4D\u{1B}[K\ngamma delta")
        var pieces = WordWrapper(terminalWidth: 20)
        let output = "alpha beta gamma delta".map { pieces.wrap(String($0)) }.joined()
        #expect(output == "alpha beta gamm\u{1B}[4D\u{1B}[K\ngamma delta")
    }
}

import Chat
import TestSupport
import Testing

@Suite("Stop strings")
struct StopSequenceFilterTests {
    private func run(_ stops: [String], _ pieces: [String]) -> (shown: String, isStopped: Bool) {
        var filter = StopSequenceFilter(stops)
        var shown = ""
        for piece in pieces { shown += filter.push(piece) }
        if !filter.isStopped { shown += filter.finish() }
        return (shown, filter.isStopped)
    }

    @Test(
        "the text before the stop string is shown, and nothing of it, however the text is cut",
        arguments: [
            (["</s>"], "Hello</s> and more", "Hello", true),
            (["</s>"], "a < b </ s> </", "a < b </ s> </", false),
            (["\n\n", "User:"], "one\ntwo User\nUser: x", "one\ntwo User\n", true),
            (["aab"], "aaaaab!", "aaa", true),
            (["bcd", "abcde"], "xabcdez", "xa", true),
            (["ab", "abc"], "xabc", "x", true),
            (["é", "日本"], "日 日é", "日 日", true),
            (["日本"], "日日本本", "日", true),
            (["x"], "x", "", true),
            ([""], "nothing stops", "nothing stops", false),
            ([], "nothing stops", "nothing stops", false),
        ])
    func everySplit(stops: [String], text: String, shown: String, isStopped: Bool) {
        for pieces in splits(of: text) {
            let result = run(stops, pieces)
            #expect(result.shown == shown, "\(pieces)")
            #expect(result.isStopped == isStopped, "\(pieces)")
        }
    }

    @Test("what cannot be the beginning of a stop string is shown at once")
    func holdsBackOnlyWhatItMust() {
        var filter = StopSequenceFilter(["</s>"])
        #expect(filter.push("abc</") == "abc")
        #expect(filter.push("b>") == "</b>")
        #expect(filter.push("</s") == "")
        #expect(filter.finish() == "</s")
    }

    @Test("after the stop string nothing is shown")
    func staysStopped() {
        var filter = StopSequenceFilter(["."])
        #expect(filter.push("a.b") == "a" && filter.found == ".")
        #expect(filter.push("c") == "")
        #expect(filter.finish() == "")
    }

    @Test("the stop that is complete first ends the text, as a search of each of them finds it", arguments: 0..<16)
    func randomStops(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        func word(_ lengths: ClosedRange<Int>) -> String {
            String((0..<Int.random(in: lengths, using: &random)).map { _ in "ab".randomElement(using: &random) ?? "a" })
        }
        for _ in 0..<200 {
            let stops = (0..<Int.random(in: 1...6, using: &random)).map { _ in word(2...6) }
            let text = word(0...24)
            let end = text.indices.first { end in stops.contains { text[...end].hasSuffix($0) } }
            let whole = end.map { text[...$0] }
            let stop = whole.flatMap { whole in stops.filter { whole.hasSuffix($0) }.map(\.count).max() }
            let shown = whole.map { String($0.dropLast(stop ?? 0)) } ?? text
            for pieces in [[text], text.map(String.init)] {
                let result = run(stops, pieces)
                #expect(result.shown == shown, "\(stops) \(pieces)")
                #expect(result.isStopped == (end != nil))
            }
        }
    }

    @Test("a hundred thousand stop strings are looked for at once")
    func manyStops() {
        var filter = StopSequenceFilter((0..<100_000).map { "stop word \($0)." })
        let text = "a stop word that is none; "
        var shown = ""
        for _ in 0..<200 { shown += filter.push(text) }
        #expect(shown == String(repeating: text, count: 200))
        #expect(filter.push("stop word 777") == "")
        #expect(filter.push("77.") == "")
        #expect(filter.isStopped)
    }
}

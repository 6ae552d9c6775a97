import Chat
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
        #expect(filter.push("a.b") == "a")
        #expect(filter.push("c") == "")
        #expect(filter.finish() == "")
    }
}

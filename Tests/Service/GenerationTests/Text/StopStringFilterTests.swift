import Generation
import Sampling
import Testing

@Suite("Stop strings end the text, wherever its pieces are cut")
struct StopStringFilterTests {
    private func filter(_ stops: [String], _ pieces: [String]) -> (text: String, isStopped: Bool) {
        var filter = StopStringFilter(stops)
        var text = ""
        for piece in pieces { text += filter.push(piece) }
        return (text + filter.finish(), filter.isStopped)
    }

    @Test("the text before the first stop string, and nothing after")
    func stops() {
        #expect(filter(["END"], ["hello END world"]) == ("hello ", true))
        #expect(filter(["b", "ab"], ["xxab"]) == ("xx", true))
        #expect(filter(["\n\n"], ["one\n", "two\n", "\nthree"]) == ("one\ntwo", true))
        #expect(filter(["é!"], ["caf", "é", "!"]) == ("caf", true))
        #expect(filter([], ["a", "b"]) == ("ab", false))
        #expect(filter([""], ["a"]) == ("a", false))
    }

    @Test("what looked like a beginning is given once it is none")
    func beginnings() {
        var filter = StopStringFilter(["<|end|>"])
        #expect(filter.push("a<|e") == "a")
        #expect(filter.push("x") == "<|ex")
        #expect(filter.push("<|end|") == "")
        #expect(filter.finish() == "<|end|")
        #expect(!filter.isStopped)
    }

    @Test("any cut of a text gives the same", arguments: 0..<50)
    func cuts(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        let text = (0..<60).map { _ in ["a", "b", "ab", "é"][Int(random.next() % 4)] }.joined()
        let stops = ["aab", "bé", "ééa"]
        let whole = filter(stops, [text])
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            let length = 1 + Int(random.next() % 5)
            pieces.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        #expect(filter(stops, pieces) == whole)
    }
}

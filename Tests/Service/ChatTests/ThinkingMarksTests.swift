import Chat
import Testing

@Suite("Thinking is told from content by its tags")
struct ThinkingMarksTests {
    private func reader(startsInside: Bool = false) -> any ByteOutputParser {
        AnswerSyntax.hermes.makeReader(
            AnswerSetting(
                tools: DeclaredTools([]), thinking: [ThinkingMarks("<think>", "</think>")],
                prompt: startsInside ? "Q<think>\n" : "Q"))
    }

    private func check(_ text: String, _ expected: [OutputPart], startsInside: Bool = false) {
        let parser = reader(startsInside: startsInside)
        for pieces in splits(of: text) { #expect(parser.parts(of: pieces) == expected, "\(pieces)") }
    }

    @Test("white space around the tags is dropped, and that within kept")
    func tags() {
        check(" \n<think>\n a\nb \n</think>\n\n Hi. ", [.thinking("a\nb \n"), .content("Hi. ")])
        check("<think></think>x", [.content("x")])
        check("<think>\n\n</think>\n\nx", [.content("x")])
    }

    @Test("a text that does not begin with the tag is content to its end")
    func noTag() {
        check("  Hi <think>a</think>", [.content("  Hi <think>a</think>")])
        check("<thin king>", [.content("<thin king>")])
        check(" \n", [.content(" \n")])
    }

    @Test("only the first pair counts")
    func firstPair() {
        check("<think>a</think>b<think>c</think>", [.thinking("a"), .content("b<think>c</think>")])
        check("<think>a<think>b</think>c", [.thinking("a<think>b"), .content("c")])
    }

    @Test("thinking that is not closed stays thinking")
    func unclosed() {
        check("<think>a </thin", [.thinking("a </thin")])
        check("<think> ", [])
        check("<th", [.content("<th")])
    }

    @Test("a prompt that opened the thinking has the answer start in it")
    func startsInside() {
        check("\nso</think>\nHi", [.thinking("so"), .content("Hi")], startsInside: true)
        check("<think>so</think>Hi", [.thinking("so"), .content("Hi")], startsInside: true)
        check("</think>Hi", [.content("Hi")], startsInside: true)
    }

    @Test("thinking is shown as it arrives")
    func streams() {
        var parser = reader()
        #expect(parser.push("<think>ab") == [.thinking("ab")])
        #expect(parser.push("c</") == [.thinking("c")])
        #expect(parser.push("p") == [.thinking("</p")])
        #expect(parser.push("</think> x") == [.content("x")])
    }
}

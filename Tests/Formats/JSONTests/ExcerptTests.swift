import JSON
import Testing

@Suite("Excerpts")
struct ExcerptTests {
    @Test("a text is repeated up to a length, counted in scalars")
    func lengths() {
        #expect("".excerpt(2) == "")
        #expect("ab".excerpt(2) == "ab")
        #expect("abc".excerpt(2) == "ab…")
        let oneCharacter = "a" + String(repeating: "\u{301}", count: 1000)
        #expect(oneCharacter.excerpt(3).unicodeScalars.count == 4)
    }

    @Test("an endless number is not repeated in the error")
    func numbers() throws {
        let text = String(repeating: "9", count: 1_000_000)
        let error = try #require(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error.description == "number \(text.excerpt()) out of range")
        #expect(error.description.utf8.count < 300)
    }
}

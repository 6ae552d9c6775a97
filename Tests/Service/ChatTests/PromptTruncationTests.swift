import Chat
import Testing

@Suite("A conversation that does not fit loses its oldest messages")
struct PromptTruncationTests {
    /// Writes one letter for each message; a token is a character.
    private struct LetterFormat: ChatFormat {
        var refusesAnswersFirst = false
        let capabilities: ChatCapabilities = []

        func render(_ conversation: Conversation) throws(ChatError) -> String {
            let first = conversation.messages.first { $0.role != "system" }
            if refusesAnswersFirst, first?.role == "assistant" { throw .template("roles must alternate") }
            return conversation.messages.map(\.content).joined()
        }

        func makeParser(for conversation: Conversation, prompt: String) -> any OutputParser { AnswerParser() }
    }

    private func conversation(_ turns: String) -> Conversation {
        Conversation(
            messages: turns.map { letter in
                let role = letter.isNumber ? "system" : letter.isUppercase ? "user" : "assistant"
                return Message(role: role, content: String(letter))
            })
    }

    private func fit(_ turns: String, _ limit: Int, refusesAnswersFirst: Bool = false) throws -> (String, Bool) {
        let result = try PromptTruncation.fit(
            conversation(turns), limit: limit, format: LetterFormat(refusesAnswersFirst: refusesAnswersFirst)
        ) { Array($0) }
        #expect(Array(result.prompt) == result.tokens)
        return (result.prompt, result.fits)
    }

    @Test(
        "system messages and the last message stay",
        arguments: [
            ("1AbCdE", 6, "1AbCdE", true), ("1AbCdE", 5, "1bCdE", true), ("1AbCdE", 3, "1dE", true),
            ("1AbCdE", 2, "1E", true), ("1AbCdE", 1, "1E", false), ("AbC2dE", 4, "C2dE", true),
            ("AbC2dE", 2, "2E", true), ("A", 0, "A", false), ("A1", 1, "1", true),
        ])
    func keeps(turns: String, limit: Int, prompt: String, fits: Bool) throws {
        #expect(try fit(turns, limit) == (prompt, fits))
    }

    @Test("as many messages are kept as fit, whatever the length")
    func keepsAsManyAsPossible() throws {
        for count in 1...12 {
            let turns = String("AbCdEfGhIjKl".prefix(count))
            for limit in 0...count {
                let expected = String(turns.suffix(max(1, limit)))
                #expect(try fit(turns, limit) == (expected, limit >= 1))
            }
        }
    }

    @Test("where a template refuses a conversation that begins with an answer, it begins with a question")
    func refusals() throws {
        for count in stride(from: 1, through: 11, by: 2) {
            let turns = String("AbCdEfGhIjK".prefix(count))
            for limit in 1...count {
                let kept = limit.isMultiple(of: 2) ? limit - 1 : limit
                #expect(try fit(turns, limit, refusesAnswersFirst: true) == (String(turns.suffix(kept)), true))
            }
        }
    }

    @Test("images count as tokens")
    func images() throws {
        var conversation = conversation("AbC")
        conversation.messages[0].images = [[1]]
        let result = try PromptTruncation.fit(conversation, limit: 100, format: LetterFormat(), imageTokens: 98) {
            Array($0)
        }
        #expect(result.prompt == "bC")
    }

    @Test("a refusal of the whole conversation is told, not hidden")
    func refusesAll() {
        #expect(throws: ChatError.self) { try fit("bA", 1, refusesAnswersFirst: true) }
    }
}

import Chat
import JSON
import Locking
import Templating
import TestSupport
import Testing

@Suite("A conversation that does not fit loses its oldest messages", .computing)
struct PromptTruncationTests {
    /// Writes the content of each message; a token is a character.
    private struct LetterFormat: ChatFormat {
        var refusesAnswersFirst = false
        /// Whether a conversation is refused for the content of its first turn.
        var refusesFirst: @Sendable (String) -> Bool = { _ in false }
        let renderings = Locked(0)
        let capabilities: ChatCapabilities = []

        func render(_ conversation: Conversation) throws(ChatError) -> MarkedText {
            renderings.withLock { $0 += 1 }
            if let first = conversation.messages.first(where: { $0.role != "system" }) {
                let isAnswer = refusesAnswersFirst && ["assistant", "tool"].contains(first.role)
                if isAnswer || refusesFirst(first.content) { throw .template("roles must alternate") }
            }
            return .content(conversation.messages.map(\.content).joined())
        }

        func makeParser(for conversation: Conversation, prompt: String) -> any OutputParser {
            syntax.makeReader(AnswerSetting(tools: DeclaredTools(conversation.tools), prompt: prompt))
        }
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
        ) { Array($0.text) }
        #expect(Array(result.prompt.text) == result.tokens)
        return (result.prompt.text, result.fits)
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
            Array($0.text)
        }
        #expect(result.prompt.text == "bC")
    }

    /// What dropping one message after the other would keep.
    private func oneByOne(_ conversation: Conversation, _ limit: Int, _ format: LetterFormat) throws -> String {
        for start in conversation.messages.indices.dropLast() {
            let prompt = try? format.render(PromptTruncation.dropping(start, from: conversation)).text
            if let prompt, prompt.count <= limit { return prompt }
        }
        return try format.render(
            PromptTruncation.dropping(conversation.messages.count - 1, from: conversation)
        ).text
    }

    @Test("the same is kept as by dropping one message after the other")
    func sameAsOneByOne() throws {
        var random = SeededGenerator(seed: 7)
        for round in 0..<3_000 {
            let count = Int.random(in: 1...10, using: &random)
            let messages = (0..<count).map { index in
                let role = ["system", "user", "assistant", "tool", "user", "assistant"].randomElement(using: &random)
                let length = Int.random(in: 1...5, using: &random)
                return Message(role: role ?? "user", content: "\(index)" + String(repeating: "x", count: length))
            }
            let conversation = Conversation(messages: messages)
            let limit = Int.random(in: 0...40, using: &random)
            let refused = (1..<max(count - 1, 1)).filter { _ in round % 3 == 1 && Bool.random(using: &random) }
            // What is refused may depend on the role, on nothing, or on nothing that roles tell.
            let format = LetterFormat(refusesAnswersFirst: round % 3 == 2) { first in
                refused.contains { first.hasPrefix("\($0)") }
            }
            guard (try? format.render(conversation)) != nil, let expected = try? oneByOne(conversation, limit, format)
            else { continue }
            let result = try PromptTruncation.fit(conversation, limit: limit, format: format) { Array($0.text) }
            #expect(result.prompt.text == expected, "\(messages.map(\.role)) \(limit) \(refused)")
        }
    }

    /// An agent's history: two questions, and a chain of tool calls and their answers behind each.
    private func agent(_ count: Int, secondQuestion: Int) -> Conversation {
        Conversation(
            messages: (0..<count).map { index in
                if index == 0 || index == secondQuestion || index == count - 1 {
                    return Message(role: "user", content: "q")
                }
                guard index.isMultiple(of: 2) else { return Message(role: "tool", content: "t") }
                return Message(role: "assistant", content: "a", toolCalls: [ToolCall(name: "f", arguments: [:])])
            })
    }

    @Test("50,000 messages are cut in few renderings", arguments: [1, 10, 3_000, 30_000, 49_998])
    func fewRenderings(limit: Int) throws {
        let count = 50_000
        let format = LetterFormat()
        let turns = Conversation(
            messages: (0..<count).map { Message(role: $0.isMultiple(of: 2) ? "user" : "assistant", content: "x") })
        var tokenized = 0
        let result = try PromptTruncation.fit(turns, limit: limit, format: format) { prompt in
            tokenized += 1
            return prompt.utf8
        }
        #expect(result.tokens.count == limit)
        #expect(format.renderings.withLock { $0 } <= 18)
        #expect(tokenized <= 18)
    }

    @Test("a template that refuses most beginnings is asked few times, and its next beginning found")
    func fewRefusals() throws {
        let conversation = agent(50_001, secondQuestion: 40_000)
        for (limit, kept) in [(30_000, 10_001), (10_001, 10_001), (10_000, 1), (2, 1)] {
            let format = LetterFormat(refusesAnswersFirst: true)
            let result = try PromptTruncation.fit(conversation, limit: limit, format: format) { Array($0.utf8) }
            #expect(result.tokens.count == kept)
            #expect(format.renderings.withLock { $0 } <= 18 + 16 + 4)
        }
        // Nothing but the whole and the last message is taken, whatever the role.
        let count = 50_000
        let numbered = Conversation(messages: (0..<count).map { Message(role: "user", content: "\($0);") })
        let format = LetterFormat { $0 != "0;" && $0 != "\(count - 1);" }
        let result = try PromptTruncation.fit(numbered, limit: 1_000, format: format) { Array($0.utf8) }
        #expect(result.prompt.text == "\(count - 1);")
        #expect(format.renderings.withLock { $0 } <= 18 + 16 + 4)
    }

    @Test("where even the last message is refused alone, the shortest conversation is kept that the template takes")
    func refusedLastMessage() throws {
        let conversation = agent(21, secondQuestion: 10)
        for (end, kept) in [(20, 10), (10, 10)] {
            var conversation = conversation
            conversation.messages.removeSubrange(end...)
            let format = LetterFormat(refusesAnswersFirst: true)
            let result = try PromptTruncation.fit(conversation, limit: 3, format: format) { Array($0.text) }
            #expect(result.tokens.count == kept)
            #expect(!result.fits)
        }
    }

    @Test("a caller who has left stops it between two renderings")
    func cancellation() async throws {
        let format = LetterFormat()
        let conversation = agent(1_000, secondQuestion: 500)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try PromptTruncation.fit(conversation, limit: 10, format: format) { Array($0.utf8) }.tokens.count
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(format.renderings.withLock { $0 } == 0)
    }

    @Test("a developer's instructions stay as the system's do")
    func developer() throws {
        var conversation = conversation("AbCdE")
        conversation.messages[1].role = "developer"
        let result = try PromptTruncation.fit(conversation, limit: 2, format: LetterFormat()) { Array($0.text) }
        #expect(result.prompt.text == "bE")
    }

    @Test("a refusal of the whole conversation is told, not hidden")
    func refusesAll() {
        #expect(throws: ChatError.self) { try fit("bA", 1, refusesAnswersFirst: true) }
    }
}

import Chat
import Generation
import InMemoryLogging
import Logging
import ModelLibrary
import Options
import Testing

@Suite("A prompt that does not fit the context")
struct PromptFittingTests {
    private func request(_ messages: [Message], context: Int) throws -> GenerationRequest {
        var request = GenerationRequest(
            model: try ModelName("m"), input: .conversation(Conversation(messages: messages)))
        request.options.numContext = context
        return request
    }

    private func user(_ text: String) -> Message { Message(role: "user", content: text) }
    private let system = Message(role: "system", content: "Be brief.")

    @Test("messages that were dropped are counted in the summary, and told in the log")
    func dropped() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        let log = InMemoryLogHandler()
        let messages = (10..<30).map { user("message \($0)") }
        let request = try request(messages, context: 64)
        let answer = try await withLogger(Logger(label: "test", factory: { _ in log })) { _ in
            try await setup.ask(request)
        }
        #expect(answer.summary?.promptCut == PromptCut(messages: 17, tokens: 0))
        let entry = try #require(log.entries.first { $0.level == .warning })
        #expect(entry.message.description.contains("truncated"))
        #expect(entry.metadata["model"] == "m:latest")
        #expect(entry.metadata["num_ctx"] == "64")
        #expect(entry.metadata["dropped messages"] == "17")
        log.clear()
        let whole = try await withLogger(Logger(label: "test", factory: { _ in log })) { _ in
            try await setup.ask(self.request([user("hi")], context: 64))
        }
        #expect(whole.summary?.promptCut == nil)
        #expect(log.entries.isEmpty)
    }

    @Test("of one message that is too long the newest stays, and all of the system text and the template around it")
    func longMessage() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        let text = String(repeating: "x", count: 200) + "end"
        let answer = try await setup.ask(request([system, user(text)], context: 64))
        let prompt = try #require(setup.prompts.last)
        #expect(prompt.hasPrefix("system:Be brief.\nuser:x"))
        #expect(prompt.hasSuffix("xend\n|"))
        // Half of what the system text and the template leave is free for the answer.
        let frame = 1 + "system:Be brief.\nuser:".count
        #expect(answer.summary?.promptTokens == 64 - (64 - frame) / 2)
        #expect(answer.summary?.promptCut == PromptCut(messages: 0, tokens: 1 + 17 + 210 - 44))
    }

    @Test("so it is where messages are not dropped, or where more was kept by num_keep")
    func unbroken() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        var request = try request([system, user(String(repeating: "a", count: 200)), user("bcd")], context: 64)
        request.truncates = false
        _ = try await setup.ask(request)
        let prompt = try #require(setup.prompts.last)
        #expect(prompt.hasPrefix("system:Be brief.\nuser:a"))
        #expect(prompt.hasSuffix("a\nuser:bcd\n|"))
        request.options.numKeep = 40
        _ = try await setup.ask(request)
        #expect(setup.prompts.last?.hasPrefix("system:Be brief.\nuser:" + String(repeating: "a", count: 18)) == true)
    }

    @Test("a system text that leaves no room is refused")
    func longSystemText() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        let long = Message(role: "system", content: String(repeating: "x", count: 100))
        for last in ["hi", String(repeating: "y", count: 100)] {
            await #expect(throws: GenerationError.self) {
                try await setup.ask(request([long, user(last)], context: 64))
            }
        }
        // The prompt of a base model has no such text: it is cut as it always was.
        var raw = try request([], context: 64)
        raw.input = .raw(String(repeating: "z", count: 99) + "|")
        let answer = try await setup.ask(raw)
        #expect(answer.summary?.promptTokens == 64 - 29)
        #expect(answer.summary?.promptCut == PromptCut(messages: 0, tokens: 101 - 35))
    }

    @Test("a tool's answer that the template refuses without its call is cut behind the call, or refused as too long")
    func toolAnswer() async throws {
        let setup = try LocalGenerationServiceTests.Setup(format: TestFormat(refusedFirst: "tool"))
        let answer = Message(role: "tool", content: String(repeating: "t", count: 200))
        _ = try await setup.ask(request([user("hi"), answer], context: 64))
        #expect(setup.prompts.last?.hasPrefix("user:hi\ntool:ttt") == true)
        await #expect(throws: GenerationError.promptTooLong(tokens: 274, limit: 63)) {
            try await setup.ask(request([user(String(repeating: "u", count: 60)), answer], context: 64))
        }
    }

    @Test("tokens of an earlier answer are cut as they always were")
    func longContext() async throws {
        let setup = try LocalGenerationServiceTests.Setup()
        var request = try request([], context: 64)
        request.input = .prompt("hi", system: "Be brief.")
        request.context = [TestTokenizer.beginning] + [Int32](repeating: 65, count: 500)
        let answer = try await setup.ask(request)
        #expect(answer.summary?.promptTokens == 64 - 29)
        #expect(setup.prompts.last?.hasSuffix("user:hi\n|") == true)
    }
}

import Generation
import Locking
import ModelLibrary
import Options
import ScriptedBackend
import Tensors
import Testing

@Suite("What is told of a prompt")
struct PromptReportTests {
    private typealias Setup = LocalGenerationServiceTests.Setup

    /// A model that expects `a`, `x` and `|` after the beginning of a text.
    private static func says(_ prompt: String) -> [TokenID] {
        prompt.isEmpty ? [0] + TestLoader.saying("ax|") : TestLoader.saying("Hi")
    }

    private func request(
        _ input: GenerationRequest.Input, _ report: PromptReport?,
        _ change: (inout GenerationRequest) -> Void = { _ in }
    ) throws -> GenerationRequest {
        var request = GenerationRequest(model: try ModelName("m"), input: input)
        request.options.temperature = 0
        request.promptReport = report
        change(&request)
        return request
    }

    @Test("each token of the prompt but the first has its log-probability, those of the answer have theirs")
    func scored() async throws {
        let setup = try Setup(answer: Self.says)
        let answer = try await setup.ask(request(.raw("ab|"), PromptReport(alternatives: 1)))
        #expect(answer.prompt.map(\.bytes) == ["<bos>", "a", "b", "|"].map { Array($0.utf8) })
        #expect(answer.content == "Hi" && answer.probabilities.isEmpty)
        let values = answer.prompt.map { $0.probability?.logProbability }
        #expect(values[0] == nil)
        for (value, isLikely) in zip(values.dropFirst(), [true, false, true]) {
            #expect((try #require(value) > -1) == isLikely)
        }
        #expect(answer.prompt[2].probability?.alternatives.map(\.bytes) == [Array("x".utf8)])

        let both = try await setup.ask(request(.raw("ab|"), PromptReport(alternatives: 1)) { $0.alternatives = 0 })
        #expect(both.prompt == answer.prompt && both.probabilities.count == 2)
    }

    @Test("a prompt alone has no answer; without log-probabilities nothing is computed for it")
    func alone() async throws {
        let setup = try Setup(answer: Self.says)
        let told = try await setup.ask(request(.raw("ab|"), PromptReport(isAlone: true)))
        #expect(told.prompt.count == 4 && told.prompt.allSatisfy { $0.probability == nil })
        #expect(told.content.isEmpty && told.summary?.reason == .length && told.summary?.promptTokens == 4)
        #expect(setup.loader.observers.withLock { $0.allSatisfy { $0.record.rows == 0 } })
        let counted = try await setup.service.withGeneration(request(.raw("ab|"), PromptReport(isAlone: true))) {
            $0.promptTokens
        }
        #expect(counted == 4)
        let scored = try await setup.ask(request(.raw("ab|"), PromptReport(alternatives: 0, isAlone: true)))
        #expect(scored.prompt.map { $0.probability != nil } == [false, true, true, true])
        #expect(scored.content.isEmpty && scored.summary?.generatedTokens == 0)
        #expect(setup.loader.observers.withLock { $0.allSatisfy { $0.record.rows == 3 } })
    }

    @Test("tokens go to the model as they are, and only its own do")
    func tokens() async throws {
        let setup = try Setup(answer: Self.says)
        let answer = try await setup.ask(request(.tokens([97, 98, 124]), PromptReport()))
        #expect(answer.prompt.map(\.bytes) == ["a", "b", "|"].map { Array($0.utf8) })
        #expect(answer.content == "Hi" && answer.summary?.promptTokens == 3)
        for token in [-1, 132, .max] as [Int32] {
            let refusal = GenerationError.promptFailed("the prompt holds \(token), which is no token of the model")
            await #expect(throws: refusal) { try await setup.ask(request(.tokens([97, token]), nil)) }
        }
    }

    @Test("what is told of is not cut")
    func tooLong() async throws {
        let setup = try Setup(answer: Self.says)
        let long = [TokenID](repeating: 97, count: 200)
        let cut = try await setup.ask(request(.tokens(long), nil) { $0.options.numContext = 64 })
        #expect(cut.summary?.promptCut != nil)
        await #expect(throws: GenerationError.promptTooLong(tokens: 200, limit: 63)) {
            try await setup.ask(request(.tokens(long), PromptReport()) { $0.options.numContext = 64 })
        }
    }
}

import APITypes
import Chat
import Generation
import HTTPTypes
import Hummingbird
import Options

/// Texts that a model goes on with. What Ollama's route takes is answered as Ollama does, in the model's format; what only
/// OpenAI's takes, tokens and prompts that are told of, goes to the model as it is.
enum Completions: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/v1/completions") { request, context in
            let body = try await request.decode(CompletionRequest.self, emptyBody: "EOF")
            let generations = try body.prompts.flatMap { try candidates(for: $0, of: body) }
            return try await StreamingResponse(context, services, model: body.model, family: .openAI)
                .generate(generations, as: CompletionStream(body), streams: body.parameters.stream)
        }
    }

    /// The answers that are made to a prompt.
    private static func candidates(
        for prompt: TextOrTokens, of body: CompletionRequest
    ) throws -> [GenerationRequest] {
        let input: GenerationRequest.Input =
            switch prompt {
            case .tokens(let tokens): .tokens(try tokens.tokenIDs(of: "prompt"))
            case .text(let text) where body.isRaw: .raw(text)
            case .text(let text) where !body.suffix.isEmpty: .infill(prefix: text, suffix: body.suffix)
            case .text(let text): .prompt(text, system: nil)
            }
        // The best answers are found by their log-probabilities.
        let ranks = body.candidateCount > body.parameters.choiceCount
        var generation = try GenerationRequest(
            model: body.model, input: input, body.parameters, alternatives: body.logprobs ?? (ranks ? 0 : nil))
        generation.options.numPredict = body.maxTokens == 0 ? nil : body.maxTokens
        if body.isRaw { generation.defaults.numPredict = 16 }
        if body.echoes {
            generation.promptReport = PromptReport(alternatives: body.logprobs, isAlone: body.maxTokens == 0)
        }
        return generation.choices(body.candidateCount)
    }
}

struct CompletionStream: WireStreamOfChoices {
    typealias Frame = ServerSentEvents

    private let identity: CompletionIdentity
    private let prompts: [TextOrTokens]
    /// Answers to a prompt that are told, and that are made.
    private let choiceCount: Int
    private let candidateCount: Int
    private let includesUsage: Bool
    private let reportsLogprobs: Bool
    private var index = 0
    private var offsets = TextOffsets()

    init(_ body: CompletionRequest) {
        identity = CompletionIdentity(
            id: "cmpl-\(Int.random(in: 0..<999))", created: Timestamp.now.seconds, model: body.model)
        prompts = body.prompts
        choiceCount = body.parameters.choiceCount
        candidateCount = body.candidateCount
        includesUsage = body.parameters.includesUsage
        reportsLogprobs = body.logprobs != nil
    }

    mutating func chunks(for event: GenerationEvent) -> [Completion] {
        switch event {
        case .prompt(let tokens):
            let echo = echo(tokens)
            return [chunk(echo.text, logprobs: echo.logprobs)]
        case .part(.content(let text), let probabilities):
            guard !text.isEmpty || !probabilities.isEmpty else { return [] }
            return [chunk(text, logprobs: logprobs(probabilities))]
        case .part:
            return []
        case .finished(let summary):
            var last = chunk("", finishReason: summary.reason.rawValue)
            last.truncated = summary.promptCut != nil
            return [last]
        }
    }

    private func chunk(
        _ text: String, logprobs: [CompletionLogprobs.Token] = [], finishReason: String? = nil
    ) -> Completion {
        let choice = Completion.Choice(
            index: index, text: text, finishReason: finishReason,
            logprobs: reportsLogprobs && !logprobs.isEmpty ? CompletionLogprobs(tokens: logprobs) : nil)
        // Ollama writes a usage of nothing into every chunk but the last.
        let usage = includesUsage ? Usage(promptTokens: 0, completionTokens: 0) : nil
        return Completion(identity: identity, choices: [choice], usage: usage)
    }

    // MARK: Tokens

    /// What is told of a prompt.
    private mutating func echo(_ tokens: [PromptToken]) -> (text: String, logprobs: [CompletionLogprobs.Token]) {
        let text: [UInt8] =
            switch prompts[index / candidateCount] {
            case .text(let text): Array(text.utf8)
            case .tokens: tokens.flatMap(\.bytes)
            }
        let places = offsets.append(tokens.map(\.bytes), of: text)
        let logprobs = zip(tokens, places).map { token, place in
            CompletionLogprobs.Token(
                bytes: token.bytes, offset: place, probability: token.probability.map(LogProbability.init))
        }
        return (String(decoding: text, as: UTF8.self), logprobs)
    }

    private mutating func logprobs(_ tokens: [TokenLogProbability]) -> [CompletionLogprobs.Token] {
        tokens.map { token in
            CompletionLogprobs.Token(
                bytes: token.bytes, offset: offsets.append(token.bytes), probability: LogProbability(token))
        }
    }

    // MARK: Choices

    func choice(_ index: Int) -> CompletionStream {
        var stream = self
        stream.index = index
        return stream
    }

    func end(_ summaries: [GenerationSummary]) -> [Completion] {
        guard includesUsage else { return [] }
        return [
            Completion(
                identity: identity, choices: [], usage: Usage(summaries, answersPerPrompt: candidateCount))
        ]
    }

    func whole(_ answer: Answer) -> Completion { whole([answer]) }

    func whole(_ answers: [Answer]) -> Completion {
        let summaries = answers.compactMap(\.summary)
        let told = stride(from: 0, to: answers.count, by: candidateCount).flatMap { first in
            best(of: Array(answers.indices[first..<min(first + candidateCount, answers.count)]), answers)
        }
        let choices = told.enumerated().map { index, answer in
            // The candidate knows its prompt by its own number.
            var stream = choice(answer)
            return stream.choice(index: index, answers[answer])
        }
        return Completion(
            identity: identity, choices: choices, usage: Usage(summaries, answersPerPrompt: candidateCount),
            truncated: summaries.contains { $0.promptCut != nil })
    }

    /// The numbers of the candidates with the highest mean log-probability of a token, the highest first; all in their
    /// order where all are told.
    private func best(of candidates: [Int], _ answers: [Answer]) -> ArraySlice<Int> {
        guard choiceCount < candidateCount else { return candidates[...] }
        let means = answers.map(\.meanLogProbability)
        return candidates.sorted { (means[$1], $0) < (means[$0], $1) }.prefix(choiceCount)
    }

    private mutating func choice(index: Int, _ answer: Answer) -> Completion.Choice {
        let echo = answer.prompt.isEmpty ? (text: "", logprobs: []) : echo(answer.prompt)
        let tokens = echo.logprobs + logprobs(answer.logProbabilities)
        return Completion.Choice(
            index: index, text: echo.text + answer.content,
            finishReason: answer.summary?.reason.rawValue ?? "stop",
            logprobs: reportsLogprobs ? CompletionLogprobs(tokens: tokens) : nil)
    }
}

extension Answer {
    /// Minus infinity where the answer has no tokens.
    fileprivate var meanLogProbability: Double {
        guard !logProbabilities.isEmpty else { return -.infinity }
        return logProbabilities.reduce(0) { $0 + Double($1.logProbability) } / Double(logProbabilities.count)
    }
}

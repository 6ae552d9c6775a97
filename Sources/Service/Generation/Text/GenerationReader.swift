import Chat
import DequeModule
import Inference
import Sampling
import Tensors

/// Reads a sequence's tokens as events of a generation, for one reader.
actor GenerationReader {
    private let tokens: TokenStream
    private var pipeline: TextPipeline
    private let prompt: [TokenID]
    private let promptCut: PromptCut?
    private let started: ContinuousClock.Instant
    private let loadDuration: Duration
    private var events: Deque<GenerationEvent> = []
    private var answer: [TokenID] = []
    private var isFinished = false
    /// It is told before anything else.
    private var owesPrompt: Bool
    /// Of the prompt's tokens from the second on.
    private var promptTokens: [SampledToken] = []

    /// - Parameters:
    ///   - started: when the request came.
    ///   - loadDuration: how long it waited for its model.
    init(
        _ tokens: TokenStream, _ pipeline: TextPipeline, prompt: BuiltPrompt, reportsPrompt: Bool,
        started: ContinuousClock.Instant, loadDuration: Duration
    ) {
        self.tokens = tokens
        self.pipeline = pipeline
        self.prompt = prompt.tokens
        promptCut = prompt.cut
        owesPrompt = reportsPrompt
        self.started = started
        self.loadDuration = loadDuration
    }

    /// - Throws: `GenerationError`, or `CancellationError`.
    func next() async throws -> GenerationEvent? {
        while true {
            if let event = events.popFirst() { return event }
            guard !isFinished else { return nil }
            switch await tokens.nextResult() {
            case .success(let event?):
                take(event)
            case .success(nil):
                isFinished = true
                return nil
            case .failure(let error):
                isFinished = true
                throw (error as? InferenceError).map { GenerationError($0) } ?? error
            }
        }
    }

    private func take(_ event: TokenEvent) {
        switch event {
        case .prompt(let tokens):
            promptTokens += tokens
        case .token(let token, let statistics):
            tellPrompt()
            answer.append(token.token)
            events += pipeline.push(token)
            guard pipeline.isStopped else { return }
            finish(.stop, statistics)
        case .finished(let reason, let statistics):
            tellPrompt()
            finish(reason == .stop ? .stop : .length, statistics)
        }
    }

    private func tellPrompt() {
        guard owesPrompt else { return }
        owesPrompt = false
        events.append(.prompt(pipeline.promptTokens(prompt, promptTokens)))
        promptTokens = []
    }

    private func finish(_ reason: GenerationSummary.Reason, _ statistics: SequenceStatistics) {
        isFinished = true
        events += pipeline.finish()
        events.append(
            .finished(
                GenerationSummary(
                    reason: reason, stopSequence: pipeline.stopSequence, promptTokens: statistics.promptTokens,
                    cachedPromptTokens: statistics.cachedPromptTokens, promptCut: promptCut,
                    generatedTokens: statistics.generatedTokens, loadDuration: loadDuration,
                    promptDuration: statistics.promptDuration,
                    generationDuration: statistics.generationDuration, totalDuration: started.duration(to: .now),
                    context: prompt + answer, draftedTokens: statistics.drafts.drafted,
                    acceptedTokens: statistics.drafts.accepted)))
    }
}

extension GenerationError {
    init(_ error: InferenceError) {
        switch error {
        case .promptTooLong(let tokens, let limit): self = .promptTooLong(tokens: tokens, limit: limit)
        case .shutDown: self = .shuttingDown
        case .emptyPrompt, .tokenOutsideVocabulary: self = .promptFailed(error.description)
        case .stepFailed, .notANumber, .constraintFailed: self = .engineFailed(error.description)
        }
    }
}

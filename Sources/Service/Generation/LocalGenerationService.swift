import Chat
import Constraints
import Inference
import Logging
package import ModelLibrary
package import Options
import Sampling
import Tensors
import Tokenization

/// Answers with models of this machine.
package final class LocalGenerationService: GenerationService {
    private let store: ModelStore
    let settings: GenerationSettings
    let models: ModelManager
    let tokenizers = ModelTokenizers()
    private let answerConstraints = AnswerConstraints()

    package init(store: ModelStore, settings: GenerationSettings = .init(), loader: any ModelLoading) {
        self.store = store
        self.settings = settings
        models = ModelManager(settings, loader: loader)
    }

    package func withGeneration<Result: Sendable>(
        _ request: GenerationRequest, _ body: (GenerationStream) async throws -> Result
    ) async throws -> Result {
        let started = ContinuousClock.now
        let stored = try await storedModel(request.model)
        let options = request.options.over(GenerationOptions(parameters: stored.parameters)).over(request.defaults)
        let draft = try await draftSource(for: stored, options)
        let wanted = options.loadOptions(settings, draft: draft)
        return try await withModel(stored, wanted, request) { model in
            guard case .generation(let engine) = model.engine else {
                throw GenerationError.unsupportedCapability(model: stored.name.description, capability: "completion")
            }
            // The model may be loaded with a larger context than this request wants.
            let contextLength = min(wanted.contextLength, model.contextLength)
            let loadDuration = started.duration(to: .now)
            let prompt = try PromptBuilder(
                model: model, stored: stored, request: request, options: options,
                preference: settings.templatePreference, promptLimit: min(engine.promptLimit, contextLength - 1)
            ).build()
            if let cut = prompt.cut { report(cut, of: stored, contextLength) }
            let marks = prompt.answer.markTokens(model.tokenizer.vocabulary)
            let constraints = try await constraints(on: prompt.answer, marks, model, request, options)
            let pipeline = TextPipeline(
                model.tokenizer, stops: (options.stop ?? []) + prompt.stops, parser: prompt.answer.parser,
                marks: marks, reportsProbabilities: request.alternatives != nil)
            let sequence = SequenceRequest(
                prompt: prompt.tokens,
                maximumTokens: request.promptReport?.isAlone == true
                    ? 0 : options.maximumTokens(contextLength: contextLength),
                sampling: try await sampling(options, model.tokenizer),
                stopTokens: model.tokenizer.vocabulary.endOfGeneration,
                alternatives: request.alternatives, promptAlternatives: request.promptReport?.alternatives,
                shiftsContext: request.shifts, numKeep: options.keptTokens, contextLength: contextLength,
                maximumDraft: options.draftNumPredict.map { max($0, 0) },
                constraints: constraints)
            do {
                return try await engine.withSequence(sequence) { tokens in
                    let reader = GenerationReader(
                        tokens, pipeline, prompt: prompt, reportsPrompt: request.promptReport != nil, started: started,
                        loadDuration: loadDuration)
                    return try await body(
                        GenerationStream(promptTokens: prompt.tokens.count) { try await reader.next() })
                }
            } catch let error as InferenceError {
                throw GenerationError(error)
            }
        }
    }

    /// A search of the whole vocabulary is for a thread that may compute.
    private func sampling(
        _ options: GenerationOptions, _ tokenizer: any Tokenizer
    ) async throws -> SamplingParameters {
        guard options.searchesVocabulary else { return try options.sampling(with: tokenizer) }
        return try await BlockingThreads.shared.run { try options.sampling(with: tokenizer) }
    }

    /// What the answer is held to, compiled on a thread that may compute.
    /// - Parameter marks: the tokens of the answer's marks.
    private func constraints(
        on answer: PromptedAnswer, _ marks: Set<TokenID>, _ model: RunningModel, _ request: GenerationRequest,
        _ options: GenerationOptions
    ) async throws -> [any TokenConstraint] {
        var result: [any TokenConstraint] = []
        if let limit = options.maxThinkingTokens, limit >= 0, let ending = answer.thinkingEnd,
            let budget = ThinkingBudget(limit, ending: ending, parser: answer.parser, model.tokenizer, marks: marks)
        {
            result.append(budget)
        }
        guard request.form != nil || answer.toolChoice != .automatic else { return result }
        let matcher = try await BlockingThreads.shared.run { [answerConstraints] in
            ConstraintMatcher(
                try answerConstraints.constraint(for: request.form, answer), tokens: model.tokenTrie(showing: marks))
        }
        return result + [GrammarConstraint(matcher)]
    }

    /// - Throws: `unsupportedCapability` with what the request asks for, where the model makes no text.
    private func withModel<Result: Sendable>(
        _ stored: StoredModel, _ options: LoadOptions, _ request: GenerationRequest,
        _ body: (RunningModel) async throws -> Result
    ) async throws -> Result {
        do {
            return try await models.withModel(stored, options, keepAlive: request.keepAlive, body)
        } catch GenerationError.unsupportedCapability(let model, "completion") {
            throw GenerationError.unsupportedCapability(model: model, capability: request.input.capability)
        }
    }

    private func report(_ cut: PromptCut, of stored: StoredModel, _ contextLength: Int) {
        Logger.current.warning(
            "a prompt longer than the context was truncated; raise num_ctx to keep all of it",
            metadata: [
                "model": "\(stored.name)", "num_ctx": "\(contextLength)", "dropped messages": "\(cut.messages)",
                "dropped tokens": "\(cut.tokens)",
            ])
    }

    package func load(_ model: ModelName, options: GenerationOptions, keepAlive: KeepAlive?) async throws -> Duration {
        let started = ContinuousClock.now
        let stored = try await storedModel(model)
        let options = options.over(GenerationOptions(parameters: stored.parameters))
        let draft = try await draftSource(for: stored, options)
        try await models.withModel(stored, options.loadOptions(settings, draft: draft), keepAlive: keepAlive) { _ in }
        return started.duration(to: .now)
    }

    package func unload(_ model: ModelName) async {
        guard let stored = try? await storedModel(model) else { return }
        await models.unload(stored)
    }

    package func refusal() async -> GenerationError? { await models.refusal }

    package func loadedModels() async -> [LoadedModelStatus] { await models.loadedModels() }

    package func effectiveOptions(of model: StoredModel) -> [EffectiveOption] {
        GenerationOptions.effective(parameters: GenerationOptions(parameters: model.parameters), settings)
    }

    /// Refuses new requests and returns once every model is unloaded; end running generations first.
    package func shutDown() async { await models.shutDown() }

    /// The model that guesses ahead: the request's, the model's own, or the one for all.
    private func draftSource(for model: StoredModel, _ options: GenerationOptions) async throws -> DraftSource? {
        if let text = options.draft, !text.isEmpty {
            guard let name = try? ModelName(text) else {
                throw GenerationError.draftUnusable(draft: text, reason: "this is no name of a model")
            }
            return try await draftSource(named: name, .named)
        }
        if let path = model.draftPath {
            return DraftSource(name: "draft of \(model.name)", path: path, origin: .own)
        }
        guard let name = settings.draftModel, name != model.name else { return nil }
        return try? await draftSource(named: name, .offered)
    }

    /// - Throws: `draftUnusable`.
    private func draftSource(named name: ModelName, _ origin: DraftSource.Origin) async throws -> DraftSource {
        do {
            guard let path = try await storedModel(name).modelPath else {
                throw GenerationError.draftUnusable(
                    draft: name.description, reason: "it has no weights on this machine; pull it again")
            }
            return DraftSource(name: name.description, path: path, origin: origin)
        } catch GenerationError.modelNotFound {
            throw GenerationError.draftUnusable(
                draft: name.description, reason: "it was not found; pull it first, or leave \"draft\" out")
        } catch GenerationError.modelUnusable(_, let reason) {
            throw GenerationError.draftUnusable(draft: name.description, reason: reason)
        }
    }

    func storedModel(_ name: ModelName) async throws -> StoredModel {
        do {
            let stored = try await BlockingThreads.shared.run { [store] in try store.model(named: name) }
            guard stored.adapterPaths.isEmpty else {
                throw GenerationError.modelUnusable(
                    model: name.description, reason: "it has a LoRA adapter, which is not supported yet")
            }
            return stored
        } catch ModelLibraryError.modelNotFound {
            throw GenerationError.modelNotFound(name.description)
        } catch let error as ModelLibraryError {
            throw GenerationError.modelUnusable(model: name.description, reason: error.description)
        }
    }
}

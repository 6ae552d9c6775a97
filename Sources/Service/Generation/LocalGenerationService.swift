import Chat
import Inference
import Logging
package import ModelLibrary
import Options
import Sampling
import Tokenization

/// Answers with models of this machine.
package final class LocalGenerationService: GenerationService {
    private let store: ModelStore
    private let settings: GenerationSettings
    private let models: ModelManager

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
        return try await models.withModel(stored, wanted, keepAlive: request.keepAlive) { model in
            // The model may be loaded with a larger context than this request wants.
            let contextLength = min(wanted.contextLength, model.contextLength)
            let loadDuration = started.duration(to: .now)
            let prompt = try PromptBuilder(
                model: model, stored: stored, request: request, options: options,
                preference: settings.templatePreference, contextLength: contextLength
            ).build()
            if let cut = prompt.cut { report(cut, of: stored, contextLength) }
            let pipeline = TextPipeline(
                model.tokenizer, stops: (options.stop ?? []) + prompt.stops, parser: prompt.parser,
                marks: prompt.marks, reportsProbabilities: request.alternatives != nil)
            let sequence = SequenceRequest(
                prompt: prompt.tokens, maximumTokens: options.maximumTokens(contextLength: contextLength),
                sampling: try options.sampling(with: model.tokenizer),
                stopTokens: model.tokenizer.vocabulary.endOfGeneration,
                alternatives: request.alternatives, shiftsContext: request.shifts, numKeep: options.keptTokens,
                contextLength: contextLength, maximumDraft: options.draftNumPredict.map { max($0, 0) })
            do {
                return try await model.engine.withSequence(sequence) { tokens in
                    let reader = GenerationReader(
                        tokens, pipeline, prompt: prompt, started: started, loadDuration: loadDuration)
                    return try await body(GenerationStream { try await reader.next() })
                }
            } catch let error as InferenceError {
                throw GenerationError(error)
            }
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

    package func loadedModels() async -> [LoadedModelStatus] { await models.loadedModels() }

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

    private func storedModel(_ name: ModelName) async throws -> StoredModel {
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

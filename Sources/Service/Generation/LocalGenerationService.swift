import Chat
import Inference
package import ModelLibrary
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
        let options = request.options.over(GenerationOptions(parameters: stored.parameters))
        return try await models.withModel(
            stored, options.loadOptions(settings), keepAlive: request.keepAlive
        ) { model in
            let loadDuration = started.duration(to: .now)
            let prompt = try PromptBuilder(
                model: model, stored: stored, request: request, options: options,
                preference: settings.templatePreference
            ).build()
            let pipeline = TextPipeline(
                model.tokenizer, stops: options.stop ?? [], parser: prompt.parser, marks: prompt.marks,
                reportsProbabilities: request.alternatives != nil)
            let sequence = SequenceRequest(
                prompt: prompt.tokens, maximumTokens: options.maximumTokens(contextLength: model.contextLength),
                sampling: options.sampling, stopTokens: model.tokenizer.vocabulary.endOfGeneration,
                alternatives: request.alternatives, shiftsContext: request.shifts, numKeep: options.keptTokens)
            do {
                return try await model.engine.withSequence(sequence) { tokens in
                    let reader = GenerationReader(
                        tokens, pipeline, prompt: prompt.tokens, started: started, loadDuration: loadDuration)
                    return try await body(GenerationStream { try await reader.next() })
                }
            } catch let error as InferenceError {
                throw GenerationError(error)
            }
        }
    }

    package func load(_ model: ModelName, options: GenerationOptions, keepAlive: KeepAlive?) async throws -> Duration {
        let started = ContinuousClock.now
        let stored = try await storedModel(model)
        let options = options.over(GenerationOptions(parameters: stored.parameters))
        try await models.withModel(stored, options.loadOptions(settings), keepAlive: keepAlive) { _ in }
        return started.duration(to: .now)
    }

    package func unload(_ model: ModelName) async {
        guard let stored = try? await storedModel(model) else { return }
        await models.unload(stored)
    }

    package func loadedModels() async -> [LoadedModelStatus] { await models.loadedModels() }

    /// Refuses new requests and returns once every model is unloaded; end running generations first.
    package func shutDown() async { await models.shutDown() }

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

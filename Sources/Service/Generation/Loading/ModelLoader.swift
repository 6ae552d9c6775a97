import Architectures
package import Chat
package import Compute
import Inference
package import Logging
package import ModelLibrary
import Tokenization

/// Where file, architecture, backend, tokenizer, chat format and engine meet for a server. Tools without an engine have what
/// they need from `ModelFile`.
package struct ModelLoader: ModelLoading {
    private let backend: any Backend
    private let settings: GenerationSettings
    private let memory: SystemMemory
    private let logger: Logger
    private let makeFormat: @Sendable (ChatFormatSource, ModelFile) throws -> any ChatFormat

    /// - Parameter makeFormat: reads a model's template; tests replace it.
    package init(
        backend: any Backend, settings: GenerationSettings = .init(), memory: SystemMemory = SystemMemory(),
        logger: Logger = Logger(label: "apus"),
        makeFormat: @escaping @Sendable (ChatFormatSource, ModelFile) throws -> any ChatFormat = registeredFormat
    ) {
        self.backend = backend
        self.settings = settings
        self.memory = memory
        self.logger = logger
        self.makeFormat = makeFormat
    }

    package func load(
        _ model: StoredModel, _ options: LoadOptions, reservedBytes: Int
    ) throws(GenerationError) -> RunningModel {
        let name = model.name.description
        guard let path = model.modelPath else {
            throw .modelUnusable(model: name, reason: "it has no weights on this machine")
        }
        let file = try ModelFile(
            contentsOf: path, contextLength: options.contextLength, purpose: options.purpose, model: name)
        let available = memory.availableBytes.map { max($0 - reservedBytes, 0) } ?? Int.max
        return switch options.purpose {
        case .own: try loadForGeneration(file, model, options, availableBytes: available)
        case .embeddings: try loadForEmbeddings(file, name, options, availableBytes: available)
        }
    }

    private func loadForEmbeddings(
        _ file: ModelFile, _ name: String, _ options: LoadOptions, availableBytes: Int
    ) throws(GenerationError) -> RunningModel {
        let plan = try file.textPlan(
            backend, contextLength: options.contextLength, batchRows: options.batchRows, availableBytes: availableBytes,
            repacking: settings.repacking, model: name)
        let engine: EmbeddingEngine
        do throws(ComputeError) {
            engine = try EmbeddingEngine(
                file.makeExecutable(backend, plan.limits), vocabularySize: file.program.vocabularySize)
        } catch {
            throw Self.failure(error, name)
        }
        return running(.embeddings(engine, scores: file.program.program.meaning == .scores), file, plan)
    }

    private func loadForGeneration(
        _ file: ModelFile, _ model: StoredModel, _ options: LoadOptions, availableBytes available: Int
    ) throws(GenerationError) -> RunningModel {
        let name = model.name.description
        try file.checkGenerates(name)
        let plan = try file.plan(
            backend, cacheType: settings.cacheType, contextLength: options.contextLength, batchRows: options.batchRows,
            parallelSequences: settings.parallelSequences, availableBytes: available, repacking: settings.repacking,
            model: name)
        reportFormat(model, file)
        let draft = try openDraft(options.draft, for: file, model: name)
        let draftPlan = try draft?.plan(
            backend, beside: plan, parallelSequences: settings.parallelSequences, availableBytes: available,
            repacking: settings.repacking)
        let engine: Engine
        do throws(ComputeError) {
            engine = try Engine(
                file.makeExecutable(backend, plan.limits), draft: makeExecutable(draft, draftPlan),
                EngineSettings(
                    parallelSequences: settings.parallelSequences,
                    speculation: SpeculationSettings(mode: settings.speculation.mode)))
        } catch {
            throw Self.failure(error, name)
        }
        return running(.generation(engine), file, plan, draft, draftPlan)
    }

    private static func failure(_ error: ComputeError, _ model: String) -> GenerationError {
        if case .outOfMemory = error { return .outOfMemory(model: model, reason: error.description) }
        return .modelUnusable(model: model, reason: error.description)
    }

    private func running(
        _ engine: ModelEngine, _ file: ModelFile, _ plan: MemoryPlan, _ draft: DraftFile? = nil,
        _ draftPlan: MemoryPlan? = nil
    ) -> RunningModel {
        RunningModel(
            engine: engine, tokenizer: file.tokenizer, contextLength: plan.limits.contextLength,
            trainedContext: file.program.contextLength, memoryBytes: plan.totalBytes + (draftPlan?.totalBytes ?? 0),
            copyBytes: plan.copyBytes + (draftPlan?.copyBytes ?? 0), keepsLength: file.keepsLength,
            isIntact: { file.source.isIntact && draft?.isIntact != false }
        ) { [makeFormat] source in try makeFormat(source, file) }
    }

    /// Says so where nobody says how the model's conversations are written, or with a name that is not known.
    private func reportFormat(_ model: StoredModel, _ file: ModelFile) {
        let source = ChatFormatSource(
            template: model.template, hints: AnswerHints(model), preference: settings.templatePreference)
        let renderer = source.hints.renderer
        if !renderer.isEmpty, !Renderers.knows(renderer) {
            logger.notice(
                "a model's renderer is not known here and its templates are used: RENDERER in a Modelfile sets another",
                metadata: ["model": "\(model.name)", "renderer": "\(renderer)"])
        }
        guard let format = try? makeFormat(source, file) as? GuessedChatFormat else { return }
        logger.notice(
            "a model has no chat template: one was guessed; TEMPLATE in a Modelfile sets another",
            metadata: ["model": "\(model.name)", "template": "\(format.name)"])
    }

    private func openDraft(
        _ source: DraftSource?, for file: ModelFile, model: String
    ) throws(GenerationError) -> DraftFile? {
        guard let source, settings.speculation == .auto else { return nil }
        return try DraftFile(source, for: file, model: model)
    }

    private func makeExecutable(
        _ draft: DraftFile?, _ plan: MemoryPlan?
    ) throws(ComputeError) -> sending (any Executable)? {
        guard let draft, let plan else { return nil }
        return try draft.makeExecutable(backend, plan.limits)
    }

    /// The format that the templates of a model and its file ask for.
    package static func registeredFormat(_ source: ChatFormatSource, _ file: ModelFile) throws -> any ChatFormat {
        try ChatFormatRegistry.format(
            template: source.template, metadata: file.source.metadata, vocabulary: file.tokenizer.vocabulary,
            hints: source.hints, preference: source.preference)
    }
}

extension AnswerHints {
    /// What a model's configuration says.
    package init(_ model: StoredModel) {
        let configuration = model.configuration
        self.init(
            parser: configuration.parser,
            renderer: Renderers.resolved(
                configuration.renderer, model: model.name.description, parameterSize: configuration.parameterSize))
    }
}

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
        let file = try ModelFile(contentsOf: path, contextLength: options.contextLength, model: name)
        try file.checkGenerates(name)
        let available = memory.availableBytes.map { max($0 - reservedBytes, 0) } ?? Int.max
        let plan = try file.plan(
            backend, cacheType: settings.cacheType, contextLength: options.contextLength, batchRows: options.batchRows,
            parallelSequences: settings.parallelSequences, availableBytes: available, repacking: settings.repacking,
            model: name)
        reportGuess(model, file)
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
            if case .outOfMemory = error { throw .outOfMemory(model: name, reason: error.description) }
            throw .modelUnusable(model: name, reason: error.description)
        }
        return RunningModel(
            engine: engine, tokenizer: file.tokenizer, contextLength: plan.limits.contextLength,
            trainedContext: file.program.contextLength, memoryBytes: plan.totalBytes + (draftPlan?.totalBytes ?? 0),
            copyBytes: plan.copyBytes + (draftPlan?.copyBytes ?? 0),
            isIntact: { file.source.isIntact && draft?.isIntact != false }
        ) { [makeFormat] source in try makeFormat(source, file) }
    }

    /// Says so where nobody says how the model's conversations are written.
    private func reportGuess(_ model: StoredModel, _ file: ModelFile) {
        let source = ChatFormatSource(
            template: model.template, hints: AnswerHints(model), preference: settings.templatePreference)
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
        self.init(parser: model.configuration.parser, renderer: model.configuration.renderer)
    }
}

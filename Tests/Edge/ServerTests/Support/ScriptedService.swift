import Chat
import Generation
import JSON
import Locking
import ModelLibrary
import Options
import OrderedCollections
import Tensors

/// A service that answers what the test says, and remembers what it was asked.
final class ScriptedService: GenerationService {
    enum Step: Sendable {
        case event(GenerationEvent)
        case fail(GenerationError)
        /// Waits until the generation is cancelled, as a long prefill does.
        case hang

        static func text(_ text: String) -> Step { .event(.part(.content(text), [])) }
        static func thinking(_ text: String) -> Step { .event(.part(.thinking(text), [])) }
        static func call(_ name: String) -> Step {
            .event(.part(.toolCall(ToolCall(id: "call_1", name: name, arguments: ["city": "Graz", "days": 2])), []))
        }
        static let finished = Step.event(.finished(ScriptedService.summary))
    }

    struct Record: Sendable {
        var requests: [GenerationRequest] = []
        var embeddings: [EmbeddingRequest] = []
        var loads: [(ModelName, KeepAlive?)] = []
        var unloads: [ModelName] = []
        /// Generations whose scope has ended, and how many of them by cancellation.
        var ended = 0
        var cancelled = 0
    }

    static let summary = GenerationSummary(
        reason: .stop, promptTokens: 7, generatedTokens: 3, loadDuration: .nanoseconds(11),
        promptDuration: .nanoseconds(22), generationDuration: .nanoseconds(33), totalDuration: .nanoseconds(66),
        context: [1, 2, 3])

    let record = Locked(Record())
    /// Events that readers have taken.
    let served = Locked(0)
    /// Why nothing would be taken.
    let refused = Locked<GenerationError?>(nil)
    private let steps: @Sendable (GenerationRequest) -> [Step]
    private let loaded: [LoadedModelStatus]
    private let failures: [String: GenerationError]

    /// - Parameter failures: by the name of the model that fails so, whatever the steps.
    convenience init(
        _ steps: [Step], loaded: [LoadedModelStatus] = [], failures: [String: GenerationError] = [:]
    ) {
        self.init({ _ in steps }, loaded: loaded, failures: failures)
    }

    /// - Parameter steps: the answer to each request.
    init(
        _ steps: @escaping @Sendable (GenerationRequest) -> [Step], loaded: [LoadedModelStatus] = [],
        failures: [String: GenerationError] = [:]
    ) {
        self.steps = steps
        self.loaded = loaded
        self.failures = failures
    }

    var lastRequest: GenerationRequest? { record.withLock { $0.requests.last } }

    func withGeneration<Result: Sendable>(
        _ request: GenerationRequest, _ body: (GenerationStream) async throws -> Result
    ) async throws -> Result {
        record.withLock { $0.requests.append(request) }
        if let error = failures[request.model.model] { throw error }
        let steps = steps(request)
        if case .fail(let error)? = steps.first { throw error }
        defer { record.withLock { $0.ended += 1 } }
        let remaining = Locked(steps[...])
        do {
            return try await body(
                GenerationStream(promptTokens: Self.summary.promptTokens) { [served] in
                    served.withLock { $0 += 1 }
                    switch remaining.withLock({ $0.popFirst() }) {
                    case .event(let event)?: return event
                    case .fail(let error)?: throw error
                    case .hang?:
                        try await Task.sleep(for: .seconds(60))
                        return nil
                    case nil: return nil
                    }
                })
        } catch {
            if Task.isCancelled { record.withLock { $0.cancelled += 1 } }
            throw error
        }
    }

    /// The vector of a text is its number of bytes, its place in the request and 0.5; that of a pair, the document's.
    func embed(_ request: EmbeddingRequest) async throws -> EmbeddingAnswer {
        record.withLock { $0.embeddings.append(request) }
        if let error = failures[request.model.model] { throw error }
        let vectors = request.inputs.enumerated().map { index, input in
            switch input {
            case .text(let text): [Float(text.utf8.count), Float(index), 0.5]
            case .tokens(let tokens): [Float(tokens.count), Float(index), 0.5]
            case .pair(_, let document): [Float(document.utf8.count) / 8]
            }
        }
        return EmbeddingAnswer(
            vectors: vectors, promptTokens: 3 * vectors.count, loadDuration: .nanoseconds(11),
            totalDuration: .nanoseconds(66))
    }

    /// A token for each byte; 1 and 2 stand around the text.
    func tokenize(
        _ text: String, model: ModelName, addsBoundaries: Bool, parsesSpecial: Bool
    ) async throws -> [TokenID] {
        if let error = failures[model.model] { throw error }
        let tokens = parsesSpecial && text == "<end>" ? [2] : text.utf8.map { TokenID($0) }
        return addsBoundaries ? [1] + tokens + [2] : tokens
    }

    func detokenize(_ tokens: [TokenID], model: ModelName) async throws -> String {
        if let error = failures[model.model] { throw error }
        return String(decoding: tokens.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    func load(_ model: ModelName, options: GenerationOptions, keepAlive: KeepAlive?) async throws -> Duration {
        record.withLock { $0.loads.append((model, keepAlive)) }
        return .zero
    }

    func unload(_ model: ModelName) async {
        record.withLock { $0.unloads.append(model) }
    }

    func refusal() async -> GenerationError? { refused.withLock(\.self) }

    func loadedModels() async -> [LoadedModelStatus] { loaded }

    func effectiveOptions(of model: StoredModel) -> [EffectiveOption] {
        GenerationOptions.effective(parameters: GenerationOptions(parameters: model.parameters), GenerationSettings())
    }
}

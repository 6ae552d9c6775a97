import Chat
import Compute
import Generation
import Inference
import JSON
import Locking
import ModelLibrary
import ScriptedBackend
import SystemPackage
import Tensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A store in a folder of its own, gone when the test is.
final class TestStore: Sendable {
    let store: ModelStore
    private let folder: String

    init() {
        folder = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)").path
        store = ModelStore(directory: FilePath(folder))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func add(
        _ name: String, weights: [UInt8], system: String? = nil, parameters: String? = nil, messages: String? = nil,
        renderer: String = ""
    ) throws {
        var leases: [BlobLease] = []
        func layer(_ type: MediaType, _ bytes: [UInt8]) throws -> Layer {
            let lease = try store.blobs.store(bytes)
            leases.append(lease)
            return Layer(mediaType: type, digest: lease.digest, size: lease.size)
        }
        var layers = [try layer(.model, weights)]
        let texts: [(MediaType, String?)] = [(.system, system), (.parameters, parameters), (.messages, messages)]
        for (type, text) in texts {
            if let text { layers.append(try layer(type, Array(text.utf8))) }
        }
        var configuration = ModelConfiguration()
        configuration.format = "gguf"
        configuration.renderer = renderer
        let manifest = Manifest(configuration: try layer(.configuration, configuration.bytes), layers: layers)
        try store.install(manifest.bytes, as: ModelName(name), holding: leases)
    }
}

/// Loads models whose answers a function gives: the text after the prompt's last `|`, then the end.
final class TestLoader: ModelLoading {
    struct Record: Sendable {
        var loads: [String] = []
        var options: [LoadOptions] = []
        var prompts: [String] = []
    }

    let record = Locked(Record())
    let observers = Locked<[ScriptedExecutable.Observer]>([])
    private let settings: GenerationSettings
    private let format: TestFormat
    private let unreadable: String?
    private let trainedContext: Int
    private let beforeLoad: @Sendable (StoredModel) throws(GenerationError) -> Void
    private let answer: @Sendable (String) -> [TokenID]

    /// - Parameter unreadable: what is wrong with every template.
    init(
        _ settings: GenerationSettings, format: TestFormat = TestFormat(), unreadable: String? = nil,
        trainedContext: Int = 1024,
        beforeLoad: @escaping @Sendable (StoredModel) throws(GenerationError) -> Void = { _ in },
        answer: @escaping @Sendable (String) -> [TokenID]
    ) {
        self.settings = settings
        self.format = format
        self.unreadable = unreadable
        self.trainedContext = trainedContext
        self.beforeLoad = beforeLoad
        self.answer = answer
    }

    /// The tokens of a text, and the end.
    static func saying(_ text: String) -> [TokenID] { text.utf8.map { TokenID($0) } + [TestTokenizer.end] }

    func load(
        _ model: StoredModel, _ options: LoadOptions, reservedBytes: Int
    ) throws(GenerationError) -> RunningModel {
        record.withLock {
            $0.loads.append(model.name.model)
            $0.options.append(options)
        }
        try beforeLoad(model)
        let context = min(options.contextLength, trainedContext)
        let observer = ScriptedExecutable.Observer()
        observers.withLock { $0.append(observer) }
        do {
            let executable = ScriptedExecutable(
                limits: ExecutionLimits(
                    maximumRows: 64, maximumOutputs: settings.parallelSequences, blockCount: 4 * context / 8 + 4,
                    blockTokens: 8, contextLength: context),
                vocabularySize: 132, observer: observer,
                logits: ScriptedExecutable.certain(of: 132) { [self] in next($0) })
            return RunningModel(
                engine: .generation(
                    try Engine(executable, EngineSettings(parallelSequences: settings.parallelSequences))),
                tokenizer: try TestTokenizer(), contextLength: context, trainedContext: trainedContext,
                memoryBytes: 1000
            ) { [format, unreadable] source in
                if let unreadable { throw ChatError.template(unreadable) }
                var format = format
                format.prefix = source.template ?? ""
                return format
            }
        } catch {
            throw .engineFailed("\(error)")
        }
    }

    private func next(_ tokens: [TokenID]) -> TokenID {
        let marker = TokenID(UInt8(ascii: "|"))
        let start = tokens.firstIndex(of: marker).map { $0 + 1 } ?? 0
        let prompt = String(decoding: tokens[..<start].filter { $0 < 128 }.map { UInt8($0) }, as: UTF8.self)
        if start == tokens.count { record.withLock { $0.prompts.append(prompt) } }
        let answer = answer(prompt)
        let position = tokens.count - start
        return position < answer.count ? answer[position] : TestTokenizer.end
    }
}

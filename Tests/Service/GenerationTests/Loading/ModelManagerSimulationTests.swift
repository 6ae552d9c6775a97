import Generation
import Locking
import ModelLibrary
import Sampling
import ScriptedBackend
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Table, manager and loader together, as `ModelTableTests` has the table alone: a fault between them shows here only.
@Suite("The model manager gives each of many clients its model, or its own error")
struct ModelManagerSimulationTests {
    private static let names = ["a", "b", "c", "d"]

    /// What a client did and how it ended.
    private enum Outcome: Hashable, Sendable {
        case served
        case cancelled
        /// The body's own error.
        case ownError
        case failed(GenerationError)
    }

    private struct BodyError: Error {}

    /// A load fails by what it is asked for, so that every client knows the one error that it may get.
    private static func failure(of name: String, _ options: LoadOptions) -> GenerationError? {
        if name == "d" { return .modelUnusable(model: "d", reason: "unknown architecture") }
        if name == "c", options.contextLength > 200 { return .outOfMemory(model: "c", reason: "context") }
        return nil
    }

    /// The clients' choices come from the seed, which a failure prints; how they interleave is up to the machine.
    @Test(
        "loads that fail, options that change, cancels and keep-alive: no request ends with another's error",
        arguments: 0..<12)
    func simulation(seed: Int) async throws {
        let store = TestStore()
        for (index, name) in Self.names.enumerated() { try store.add(name, weights: [UInt8(index)]) }
        var random = RandomSource(seed: UInt64(seed))
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        var settings = GenerationSettings()
        settings.maximumLoadedModels = 1 + below(3)
        let loader = FailingLoader(settings, failure: Self.failure)
        let manager = ModelManager(settings, loader: loader)
        let models = try Self.names.map { try store.store.model(named: ModelName($0)) }

        let requests = (0..<8).map { _ in
            (0..<25).map { _ in
                Client.Request(
                    model: models[below(4)],
                    options: LoadOptions(contextLength: 64 * (1 + below(4)), batchRows: 8 * (1 + below(3))),
                    keepAlive: [nil, .forever, .duration(.zero), .duration(.milliseconds(below(4)))][below(4)],
                    cancelsAfter: below(4) == 0 ? UInt32(below(2000)) : nil, works: UInt32(below(500)),
                    throwsError: below(6) == 0, unloadsAfter: below(8) == 0)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for list in requests {
                group.addTask {
                    for request in list {
                        let outcome = await Client.run(request, manager)
                        let name = request.model.name.model
                        switch outcome {
                        case .served:
                            #expect(
                                Self.failure(of: name, request.options) == nil, "seed \(seed): \(request) was served")
                        case .cancelled: #expect(request.cancelsAfter != nil, "seed \(seed): \(request) was cancelled")
                        case .ownError: #expect(request.throwsError, "seed \(seed): \(request)")
                        case .failed(let error):
                            #expect(error == Self.failure(of: name, request.options), "seed \(seed): \(request)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        await manager.shutDown()
        #expect(await manager.loadedModels().isEmpty)
        #expect(
            loader.observers.withLock { $0.allSatisfy(\.record.isReleased) }, "seed \(seed): a model is left in memory")
    }

    private enum Client {
        struct Request: Sendable {
            let model: StoredModel
            let options: LoadOptions
            let keepAlive: KeepAlive?
            /// Microseconds.
            let cancelsAfter: UInt32?
            let works: UInt32
            let throwsError: Bool
            let unloadsAfter: Bool
        }

        static func run(_ request: Request, _ manager: ModelManager) async -> Outcome {
            let task = Task {
                try await manager.withModel(request.model, request.options, keepAlive: request.keepAlive) { model in
                    #expect(model.contextLength >= request.options.contextLength)
                    try await Task.sleep(for: .microseconds(request.works))
                    if request.throwsError { throw BodyError() }
                }
            }
            if let delay = request.cancelsAfter {
                try? await Task.sleep(for: .microseconds(delay))
                task.cancel()
            }
            let result = await task.result
            if request.unloadsAfter { await manager.unload(request.model) }
            switch result {
            case .success: return .served
            case .failure(let error as GenerationError): return .failed(error)
            case .failure(is BodyError): return .ownError
            case .failure: return .cancelled
            }
        }
    }
}

/// Loads like `TestLoader`, and fails where a function of name and options says so.
private final class FailingLoader: ModelLoading {
    private let loader: TestLoader
    private let failure: @Sendable (String, LoadOptions) -> GenerationError?
    var observers: Locked<[ScriptedExecutable.Observer]> { loader.observers }

    init(_ settings: GenerationSettings, failure: @escaping @Sendable (String, LoadOptions) -> GenerationError?) {
        loader = TestLoader(settings) { _ in TestLoader.saying("x") }
        self.failure = failure
    }

    func load(
        _ model: StoredModel, _ options: LoadOptions, reservedBytes: Int
    ) throws(GenerationError) -> RunningModel {
        usleep(300)
        if let error = failure(model.name.model, options) { throw error }
        return try loader.load(model, options, reservedBytes: reservedBytes)
    }
}

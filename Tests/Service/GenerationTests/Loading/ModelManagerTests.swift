import Generation
import Locking
import ModelLibrary
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

@Suite("The model manager keeps models in memory for those who use them")
struct ModelManagerTests {
    private let store = TestStore()

    private func makeManager(
        _ settings: GenerationSettings = GenerationSettings(),
        beforeLoad: @escaping @Sendable (StoredModel) throws(GenerationError) -> Void = { _ in }
    ) throws -> (manager: ModelManager, loader: TestLoader) {
        for (index, name) in ["a", "b", "c"].enumerated() { try store.add(name, weights: [UInt8(index)]) }
        let loader = TestLoader(settings, beforeLoad: beforeLoad) { _ in TestLoader.saying("x") }
        return (ModelManager(settings, loader: loader), loader)
    }

    private func model(_ name: String) throws -> StoredModel { try store.store.model(named: ModelName(name)) }

    private let options = LoadOptions(contextLength: 64)

    @Test("many requests at once load a model once")
    func oneLoad() async throws {
        let (manager, loader) = try makeManager(beforeLoad: { _ in usleep(20_000) })
        let model = try model("a")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { try await manager.withModel(model, options, keepAlive: nil) { _ in } }
            }
            try await group.waitForAll()
        }
        #expect(loader.record.withLock { $0.loads } == ["a"])
        await manager.shutDown()
    }

    @Test("a request that is cancelled while its model is loaded ends at once, and the others get it")
    func cancelledWaiter() async throws {
        let gate = Locked(false)
        let (manager, _) = try makeManager(beforeLoad: { _ in
            while !gate.withLock({ $0 }) { usleep(1000) }
        })
        let model = try model("a")
        let staying = Task { try await manager.withModel(model, options, keepAlive: nil) { _ in true } }
        let leaving = Task { try await manager.withModel(model, options, keepAlive: nil) { _ in true } }
        try await Task.sleep(for: .milliseconds(10))
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        gate.withLock { $0 = true }
        #expect(try await staying.value)
        await manager.shutDown()
    }

    @Test("a failed load fails all who wait, and is tried again by the next")
    func failure() async throws {
        let failures = Locked(1)
        let error = GenerationError.modelUnusable(model: "a", reason: "broken")
        let (manager, loader) = try makeManager(beforeLoad: { _ throws(GenerationError) in
            usleep(10_000)
            let fails = failures.withLock { count in
                count -= 1
                return count >= 0
            }
            if fails { throw error }
        })
        let model = try model("a")
        let first = Task { try await manager.withModel(model, options, keepAlive: nil) { _ in } }
        let second = Task { try await manager.withModel(model, options, keepAlive: nil) { _ in } }
        await #expect(throws: error) { try await first.value }
        await #expect(throws: error) { try await second.value }
        try await manager.withModel(model, options, keepAlive: nil) { _ in }
        #expect(loader.record.withLock { $0.loads } == ["a", "a"])
        await manager.shutDown()
    }

    @Test("a model that cannot be loaded fails alone while others are idle in memory")
    func failureBesideIdle() async throws {
        let error = GenerationError.modelUnusable(model: "b", reason: "broken")
        let (manager, _) = try makeManager(beforeLoad: { model throws(GenerationError) in
            if model.name.model == "b" { throw error }
        })
        try await manager.withModel(model("a"), options, keepAlive: .duration(.seconds(600))) { _ in }
        for _ in 0..<20 {
            await #expect(throws: error) {
                try await manager.withModel(model("b"), options, keepAlive: nil) { _ in }
            }
            try await manager.withModel(model("a"), options, keepAlive: nil) { _ in }
        }
        #expect(await manager.loadedModels().map(\.name.model) == ["a"])
        await manager.shutDown()
    }

    @Test("names of the same weights share a model, which has the name that was asked for last")
    func names() async throws {
        let (manager, loader) = try makeManager()
        try store.store.copy(ModelName("a"), to: ModelName("alias"))
        for name in ["a", "alias", "a"] {
            try await manager.withModel(model(name), options, keepAlive: nil) { _ in }
            #expect(await manager.loadedModels().map(\.name.model) == [name])
        }
        #expect(loader.record.withLock { $0.loads } == ["a"])
        await manager.shutDown()
    }

    @Test("every request for a larger context gets it, however often it changes")
    func changingOptions() async throws {
        let (manager, loader) = try makeManager()
        for contextLength in [64, 128, 256, 128, 512] {
            let context = try await manager.withModel(
                model("a"), LoadOptions(contextLength: contextLength), keepAlive: nil
            ) { $0.contextLength }
            #expect(context >= contextLength)
        }
        #expect(loader.record.withLock { $0.options.map(\.contextLength) } == [64, 128, 256, 512])
        await manager.shutDown()
    }

    @Test("a model goes when its time is over, with its thread and its memory")
    func expiry() async throws {
        let (manager, loader) = try makeManager()
        try await manager.withModel(model("a"), options, keepAlive: .duration(.milliseconds(30))) { _ in }
        #expect(await manager.loadedModels().count == 1)
        let observer = try #require(loader.observers.withLock { $0.first })
        #expect(try await eventually { observer.record.isReleased })
        #expect(await manager.loadedModels().isEmpty)
    }

    @Test("keep_alive 0 unloads at once, and the model is loaded again when asked for")
    func noKeeping() async throws {
        let (manager, loader) = try makeManager()
        for _ in 0..<3 { try await manager.withModel(model("a"), options, keepAlive: .duration(.zero)) { _ in } }
        #expect(loader.record.withLock { $0.loads.count } == 3)
        await manager.shutDown()
        #expect(loader.observers.withLock { $0.allSatisfy(\.record.isReleased) })
    }

    @Test("no more models than allowed are in memory")
    func eviction() async throws {
        var settings = GenerationSettings()
        settings.maximumLoadedModels = 1
        let (manager, loader) = try makeManager(settings)
        for name in ["a", "b", "a"] {
            try await manager.withModel(model(name), options, keepAlive: nil) { _ in }
            #expect(await manager.loadedModels().map(\.name.model) == [name])
        }
        #expect(loader.record.withLock { $0.loads } == ["a", "b", "a"])
        #expect(loader.observers.withLock { $0.count(where: \.record.isReleased) } == 2)
        await manager.shutDown()
    }

    @Test("settings, options and keep-alive beyond all bounds are held at them")
    func bounds() async throws {
        var settings = GenerationSettings()
        settings.parallelSequences = .max
        settings.maximumQueue = .max
        settings.maximumLoadedModels = .max
        settings.contextLength = .max
        let (manager, _) = try makeManager(settings)
        let most = LoadOptions(contextLength: .max, batchRows: .max)
        let keepAlive = KeepAlive.duration(.nanoseconds(Int64.max))
        try await manager.withModel(model("a"), most, keepAlive: keepAlive) { _ in }
        #expect(await manager.loadedModels().count == 1)
        await manager.shutDown()
    }

    @Test("an error of the body gives the model back")
    func bodyError() async throws {
        struct Broken: Error {}
        let (manager, _) = try makeManager()
        await #expect(throws: Broken.self) {
            try await manager.withModel(model("a"), options, keepAlive: nil) { _ in throw Broken() }
        }
        await manager.unload(try model("a"))
        #expect(await manager.loadedModels().isEmpty)
    }

    @Test("tasks that come and go with three models leave nothing behind")
    func stress() async throws {
        var settings = GenerationSettings()
        settings.maximumLoadedModels = 2
        let (manager, loader) = try makeManager(settings)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let task = Task {
                        let model = try model(["a", "b", "c"][number % 3])
                        let keepAlive: KeepAlive = number % 2 == 0 ? .duration(.zero) : .forever
                        try await manager.withModel(model, options, keepAlive: keepAlive) { _ in await Task.yield() }
                    }
                    if number % 5 == 0 { task.cancel() }
                    _ = await task.result
                }
            }
        }
        await manager.shutDown()
        #expect(loader.observers.withLock { $0.allSatisfy(\.record.isReleased) })
    }
}

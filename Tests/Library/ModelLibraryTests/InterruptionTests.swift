import JSON
import LibraryTestSupport
import ModelLibrary
import OrderedCollections
import Synchronization
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Interrupted creations")
struct InterruptionTests {
    private struct Interruption: Error {}

    private static func request(in root: FilePath) throws -> CreationRequest {
        var request = CreationRequest(name: try ModelName("m"), source: .files([root.appending("model.gguf")]))
        request.system = "new"
        request.parameters = ["top_k": 5]
        return request
    }

    @Test("ended at any step, the old model stays, the store is clean, and a second try completes", arguments: 1...8)
    func thrown(step: Int) async throws {
        let temporary = try TemporaryStore()
        try temporary.add("m", system: "old")
        try TinyGGUF.write(to: temporary.root.appending("model.gguf"))
        let request = try Self.request(in: temporary.root)
        let steps = Atomic(0)
        do {
            try await ModelCreator(store: temporary.store).create(request) { _ in
                if steps.wrappingAdd(1, ordering: .relaxed).newValue == step { throw Interruption() }
            }
        } catch is Interruption {}
        try expectClean(temporary, allowing: ["old", "new"])
        try await ModelCreator(store: temporary.store).create(request) { _ in }
        #expect(try temporary.store.model(named: ModelName("m")).system == "new")
        try expectClean(temporary, allowing: ["new"])
    }

    @Test("cancelled, it ends with a cancellation and leaves no model")
    func cancelled() async throws {
        let temporary = try TemporaryStore()
        try TinyGGUF.write(to: temporary.root.appending("model.gguf"))
        let request = try Self.request(in: temporary.root)
        let store = temporary.store
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await ModelCreator(store: store).create(request) { _ in }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try store.list().models.isEmpty)
    }

    #if os(Linux)
        @Test("killed at any step, the store opens clean and a second try completes", arguments: 1...6)
        func killed(step: Int) async throws {
            let temporary = try TemporaryStore()
            try temporary.add("m", system: "old")
            try TinyGGUF.write(to: temporary.root.appending("model.gguf"))
            let root = temporary.root.string
            await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as String, step = step as Int] in
                let root = FilePath(root)
                let steps = Atomic(0)
                let creator = ModelCreator(store: ModelStore(directory: root.appending("models")))
                try await creator.create(Self.request(in: root)) { _ in
                    if steps.wrappingAdd(1, ordering: .relaxed).newValue == step { kill(getpid(), SIGKILL) }
                }
            }
            try expectClean(temporary, allowing: ["old", "new"])
            try await ModelCreator(store: temporary.store).create(Self.request(in: temporary.root)) { _ in }
            try expectClean(temporary, allowing: ["new"])
        }
    #endif

    /// The model is whole, and a clean-up leaves its blobs and nothing else.
    private func expectClean(_ temporary: TemporaryStore, allowing systems: [String]) throws {
        let list = try temporary.store.list()
        #expect(list.damaged.isEmpty)
        #expect(list.models.count == 1)
        var retention = ModelStore.Retention()
        retention.blobs = 0
        retention.temporaries = 0
        _ = try temporary.store.prune(retention)
        let model = try temporary.store.model(named: ModelName("m"))
        #expect(systems.contains(try #require(model.system)))
        #expect(try temporary.blobFiles.count == model.summary.stored.manifest.allLayers.count)
        #expect(try FileSystem.entries(of: temporary.store.directory) == [".apus.lock", "blobs", "manifests"])
    }
}

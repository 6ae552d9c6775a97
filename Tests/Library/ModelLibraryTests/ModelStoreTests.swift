import LibraryTestSupport
import ModelLibrary
import SystemPackage
import Testing

@Suite("The store of models")
struct ModelStoreTests {
    private let temporary: TemporaryStore
    private var store: ModelStore { temporary.store }

    init() throws {
        temporary = try TemporaryStore()
    }

    @Test("what is installed is listed, found in any case, and read back")
    func roundTrip() throws {
        try temporary.add("Some/Model:Tag", system: "Be brief.")
        let list = try store.list()
        #expect(list.models.map(\.name.description) == ["Some/Model:Tag"])
        #expect(list.damaged.isEmpty)
        let model = try store.model(named: ModelName("some/model:tag"))
        #expect(model.name.description == "Some/Model:Tag")
        #expect(model.system == "Be brief.")
        #expect(model.configuration.family == "llama")
        #expect(try FileSystem.read(try #require(model.modelPath), limit: 100) == Array("weights".utf8))
    }

    @Test("an empty or absent folder holds no models")
    func empty() throws {
        #expect(try store.list().models.isEmpty)
        #expect(throws: ModelLibraryError.modelNotFound("m:latest")) { try store.model(named: ModelName("m")) }
        #expect(throws: ModelLibraryError.modelNotFound("m:latest")) { try store.remove(ModelName("m")) }
        #expect(try store.prune() == 0)
    }

    @Test("the manifest is written as Ollama writes it, and its hash is the model's digest")
    func manifestBytes() throws {
        let manifest = try temporary.add("m")
        let config = manifest.configuration
        let text = """
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":\
            {"mediaType":"application/vnd.docker.container.image.v1+json","digest":"\(config.digest)","size":\(config.size)},\
            "layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"\(Digest(hashing: Array("weights".utf8)))","size":7}]}

            """
        let path = store.directory.appending("manifests/registry.ollama.ai/library/m/latest")
        #expect(String(decoding: try FileSystem.read(path, limit: 10_000), as: UTF8.self) == text)
        #expect(try store.manifest(for: ModelName("m")).digest == Digest(hashing: Array(text.utf8)))
    }

    @Test("a copy shares its blobs, and removing one model keeps what the other uses")
    func copyAndRemove() throws {
        try temporary.add("a", system: "only a")
        try temporary.add("b")
        try store.copy(ModelName("a"), to: ModelName("c:1"))
        #expect(try temporary.blobFiles.count == 3)
        try store.remove(ModelName("A"))
        #expect(try temporary.blobFiles.count == 3)
        #expect(try store.model(named: ModelName("c:1")).system == "only a")
        try store.remove(ModelName("c:1"))
        #expect(try temporary.blobFiles.count == 2)
        #expect(try store.model(named: ModelName("b")).system == nil)
        try store.remove(ModelName("b"))
        #expect(try temporary.blobFiles.isEmpty)
        #expect(try FileSystem.entries(of: store.directory.appending("manifests")).isEmpty)
    }

    @Test("a name that differs only in case replaces the model instead of standing beside it")
    func replaceInOtherCase() throws {
        try temporary.add("Model")
        try temporary.add("model", weights: "other")
        #expect(try store.list().models.map(\.name.model) == ["Model"])
    }

    @Test("a blob that someone holds is neither removed nor pruned")
    func leases() throws {
        try temporary.add("m")
        let lease = try #require(try store.blobs.lease(Digest(hashing: Array("weights".utf8))))
        try store.remove(ModelName("m"))
        try temporary.setAge(of: lease.path, seconds: 100_000)
        _ = try store.prune()
        #expect(try store.blobs.size(of: lease.digest) == 7)
        #expect(try temporary.blobFiles.count == 1)
        withExtendedLifetime(lease) {}
    }

    @Test("a prune takes old blobs of no model and leaves what is young, used or locked")
    func prune() throws {
        try temporary.add("m")
        let old = try store.blobs.store(Array("old".utf8)).path
        let young = try store.blobs.store(Array("young".utf8)).digest
        try temporary.setAge(of: old, seconds: 4000)
        for file in try temporary.blobFiles where store.blobs.directory.appending(file) != old {
            if file != "sha256-" + young.hex {
                try temporary.setAge(of: store.blobs.directory.appending(file), seconds: 4000)
            }
        }
        let partial = store.blobs.directory.appending("sha256-\(young.hex)-partial")
        try temporary.write("half", to: partial)
        try temporary.setAge(of: partial, seconds: 4000)
        #expect(try store.prune() == 3)
        #expect(try temporary.blobFiles.count == 4)
        try temporary.setAge(of: partial, seconds: 100_000)
        #expect(try store.prune() == 4)
    }

    @Test("a writer that is not committed leaves nothing; one that lies about its digest neither")
    func uncommitted() throws {
        do {
            let writer = try store.blobs.makeWriter()
            try writer.write(Array("gone".utf8))
            #expect(try temporary.blobFiles.count == 1)
        }
        #expect(try temporary.blobFiles.isEmpty)
        let expected = Digest(hashing: [1])
        #expect(throws: ModelLibraryError.digestMismatch(expected: expected, actual: Digest(hashing: [2]))) {
            let writer = try store.blobs.makeWriter(expecting: expected)
            try writer.write([2])
            _ = try writer.commit()
        }
        #expect(try temporary.blobFiles.isEmpty)
    }

    @Test("what a writer that died has left is pruned, what one writes now is not")
    func abandonedWriter() throws {
        let writer = try store.blobs.makeWriter()
        try writer.write([1])
        let dead = store.blobs.directory.appending(".apus-1-dead")
        try temporary.write("x", to: dead)
        for file in try temporary.blobFiles {
            try temporary.setAge(of: store.blobs.directory.appending(file), seconds: 1000)
        }
        let folder = store.directory.appending(".apus-1-dead/inner")
        try temporary.write("x", to: folder)
        try temporary.setAge(of: folder.removingLastComponent(), seconds: 1000)
        #expect(try store.prune() == 1)
        #expect(try writer.commit().digest == Digest(hashing: [1]))
        #expect(try FileSystem.status(of: folder.removingLastComponent()) == nil)
    }

    @Test("a file is copied or moved into the store by its digest, once")
    func adopt() throws {
        let path = temporary.root.appending("file")
        try temporary.write("content", to: path)
        let copied = try store.blobs.copy(path)
        #expect(copied.digest == Digest(hashing: Array("content".utf8)))
        let adopted = try store.blobs.adopt(path, expecting: copied.digest)
        #expect(adopted.path == copied.path)
        #expect(try FileSystem.status(of: path) == nil)
        #expect(try temporary.blobFiles.count == 1)
    }

    @Test("of writers that commit one blob at the same time, each one's lease keeps it")
    func sameBlob() async throws {
        var retention = ModelStore.Retention()
        retention.blobs = 0
        for round in 0..<40 {
            let writers = try (0..<3).map { _ in try store.blobs.makeWriter() }
            for writer in writers { try writer.write(Array("round \(round)".utf8)) }
            var leases = try await withThrowingTaskGroup(of: BlobLease.self) { group in
                for writer in writers {
                    group.addTask { try await BlockingThreads.shared.run { try writer.commit() } }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let last = leases.remove(at: round % leases.count)
            leases = []
            _ = try store.prune(retention)
            #expect(try store.blobs.size(of: last.digest) == last.size)
        }
    }

    @Test("install refuses a manifest whose blobs are absent or of another size")
    func installChecks() throws {
        let manifest = try temporary.add("m")
        let absent = Layer(mediaType: .system, digest: Digest(hashing: [9]), size: 1)
        var wrong = manifest
        wrong.layers.append(absent)
        #expect(throws: ModelLibraryError.missingBlob(absent.digest)) {
            try store.install(wrong.bytes, as: ModelName("n"), holding: [])
        }
        wrong = manifest
        wrong.layers[0].size = 8
        #expect(throws: ModelLibraryError.self) { try store.install(wrong.bytes, as: ModelName("n"), holding: []) }
        #expect(try store.list().models.count == 1)
    }

    @Test("threads that add, copy, remove and prune at once lose no blob of a model")
    func concurrency() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                let store = store
                let temporary = temporary
                group.addTask {
                    try await BlockingThreads.shared.run {
                        for turn in 0..<6 {
                            try temporary.add("m\(worker):\(turn)", weights: "w\(turn % 3)", system: "s\(worker)")
                            try store.copy(ModelName("m\(worker):\(turn)"), to: ModelName("c\(worker)"))
                            var retention = ModelStore.Retention()
                            retention.blobs = 0
                            _ = try store.prune(retention)
                            if turn % 2 == 0 { try store.remove(ModelName("m\(worker):\(turn)")) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let list = try store.list()
        #expect(list.damaged.isEmpty)
        #expect(list.models.count == 3 * 3 + 3)
        for model in list.models { #expect(try store.model(named: model.name).modelPath != nil) }
    }
}

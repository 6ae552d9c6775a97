import LibraryTestSupport
import Locking
import ModelLibrary
import SystemPackage
import Testing

@Suite("Verification of stored models")
struct VerificationTests {
    private let temporary: TemporaryStore
    private var store: ModelStore { temporary.store }

    init() throws {
        temporary = try TemporaryStore()
    }

    private func verify(
        _ name: String, _ verifier: ModelVerifier? = nil, read: Locked<[String]> = Locked([])
    ) async throws -> Verification {
        let verifier = verifier ?? ModelVerifier(store)
        let name = try ModelName(name)
        return try await BlockingThreads.shared.run { progress in
            read.withLock { $0.append(progress.digest ?? "") }
        } _: { reporter in
            try verifier.verify(name, reportingTo: reporter)
        }
    }

    @Test("a model is sound until one bit of a blob is another")
    func flippedBit() async throws {
        let manifest = try temporary.add("m", weights: "the weights", system: "the system text")
        #expect(try await verify("M").damage.isEmpty)
        var bytes = Array("the weights".utf8)
        bytes[4] ^= 1
        let weights = manifest.layers[0].digest
        try temporary.write(bytes, to: store.blobs.path(of: weights))
        let damage = try await verify("m").damage
        #expect(damage.map(\.part) == ["model"])
        #expect(damage.map(\.digest) == [weights])
        #expect(damage[0].reason == "its bytes are not those that its digest stands for")
    }

    @Test("all that is wrong with a model is told: blobs that are missing, cut, or no files")
    func otherDamage() async throws {
        let manifest = try temporary.add("m", weights: "the weights", system: "the system text")
        try temporary.write("the w", to: store.blobs.path(of: manifest.layers[0].digest))
        try FileSystem.remove(store.blobs.path(of: manifest.layers[1].digest))
        let configuration = store.blobs.path(of: manifest.configuration.digest)
        try FileSystem.remove(configuration)
        try FileSystem.makeFolder(configuration)
        let damage = try await verify("m").damage
        #expect(damage.map(\.part) == ["model", "system", "config"])
        #expect(
            damage.map(\.reason) == [
                "it has 5 bytes, its manifest says 11", "it is missing", "it is not a regular file",
            ])
    }

    @Test("a manifest that cannot be read is damage, a model that is not there an error")
    func manifests() async throws {
        try temporary.add("good")
        try temporary.write("{", to: store.directory.appending("manifests/registry.ollama.ai/library/bad/latest"))
        #expect(try ModelVerifier(store).names().map(\.model) == ["bad", "good"])
        let damage = try await verify("bad").damage
        #expect(damage.map(\.part) == ["manifest"])
        #expect(damage[0].digest == nil)
        #expect(try await verify("good").damage.isEmpty)
        await #expect(throws: ModelLibraryError.modelNotFound("absent:latest")) { _ = try await verify("absent") }
    }

    @Test("a blob of several models is read once, and damages all of them")
    func sharedBlobs() async throws {
        let shared = try temporary.add("a", weights: "shared", system: "one")
        try temporary.add("b", weights: "shared", system: "two")
        try temporary.write("Shared", to: store.blobs.path(of: shared.layers[0].digest))
        let verifier = ModelVerifier(store)
        #expect(try await verify("a", verifier).damage.map(\.part) == ["model"])
        // What was read stays known: the blob is not looked into again.
        try temporary.write("shared", to: store.blobs.path(of: shared.layers[0].digest))
        #expect(try await verify("b", verifier).damage.map(\.part) == ["model"])
        #expect(try await verify("b").damage.isEmpty)
    }

    @Test("progress names the blob that is read")
    func progress() async throws {
        let manifest = try temporary.add("m")
        let read = Locked<[String]>([])
        _ = try await verify("m", read: read)
        #expect(read.withLock { $0 }.first == manifest.layers[0].digest.description)
    }
}

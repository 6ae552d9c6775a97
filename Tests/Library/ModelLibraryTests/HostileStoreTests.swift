import LibraryTestSupport
import ModelLibrary
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A store with hostile or damaged contents")
struct HostileStoreTests {
    private let temporary: TemporaryStore
    private var store: ModelStore { temporary.store }
    private var library: FilePath { store.directory.appending("manifests/registry.ollama.ai/library") }

    init() throws {
        temporary = try TemporaryStore()
        try temporary.add("good")
    }

    static let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test(
        "a bad manifest is an error of its model, and the others list",
        arguments: [
            "", "{", "[]", "null", "{}", #"{"schemaVersion":2}"#, #"{"schemaVersion":1,"config":{}}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:../../etc/passwd","size":1}}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":-1}}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":1.5}}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":9223372036854775807},"layers":[{"mediaType":"x","digest":"\#(digest)","size":1}]}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":1},"layers":[7]}"#,
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":99999999999999999999}}"#,
            String(repeating: "[", count: 1000), "\u{0}\u{1}\u{2}",
        ])
    func badManifest(text: String) throws {
        try temporary.write(text, to: library.appending("bad/latest"))
        let list = try store.list()
        #expect(list.models.map(\.name.model) == ["good"])
        #expect(list.damaged.map(\.name.model) == ["bad"])
        let error = #expect(throws: ModelLibraryError.self) { try store.model(named: ModelName("bad")) }
        let line = "\(try #require(error))"
        #expect(line.hasPrefix("model 'bad:latest' is damaged: "))
        #expect(!line.contains("\n"))
        #expect(line.utf8.count < 500)
        try store.remove(ModelName("bad"))
        #expect(try store.list().damaged.isEmpty)
        #expect(try store.model(named: ModelName("good")).modelPath != nil)
    }

    @Test("a manifest that is a symbolic link is refused without being followed")
    func manifestOfAnotherKind() throws {
        let secret = temporary.root.appending("secret")
        try temporary.write("secret", to: secret)
        try FileSystem.makeFolder(library.appending("link"))
        try FileManager.default.createSymbolicLink(
            atPath: library.appending("link/latest").string, withDestinationPath: secret.string)
        let list = try store.list()
        #expect(list.damaged.map(\.name.model) == ["link"])
        #expect("\(list.damaged[0].error)".contains("not a regular file"))
    }

    @Test("files outside the four levels and names outside the grammar are passed over")
    func strangers() throws {
        for path in ["x", "registry.ollama.ai/y", "registry.ollama.ai/library/z", "a/b/c/d/e", "-a/b/c/d", "a/b.c/d/e"]
        {
            try temporary.write("{}", to: store.directory.appending("manifests").appending(path))
        }
        #expect(try store.list().models.count == 1)
        #expect(try store.list().damaged.isEmpty)
    }

    @Test("a blob that was cut short, changed or replaced by a link is found out")
    func damagedBlobs() throws {
        let manifest = try temporary.add("m", weights: "the weights", system: "the system text")
        let system = store.blobs.path(of: manifest.layers[1].digest)
        try temporary.write("another one", to: system)
        #expect("\(try failure(of: "m"))".contains("digest mismatch"))
        try FileSystem.remove(system)
        #expect("\(try failure(of: "m"))".contains("not found"))
        try FileManager.default.createSymbolicLink(atPath: system.string, withDestinationPath: "/etc/hostname")
        #expect("\(try failure(of: "m"))".contains("not a regular file"))
        try FileSystem.remove(system)
        try temporary.write("the system text", to: system)
        #expect(try store.model(named: ModelName("m")).system == "the system text")
        try temporary.write("short", to: store.blobs.path(of: manifest.layers[0].digest))
        #expect("\(try failure(of: "m"))".contains("it has 5 bytes, its manifest says 11"))
    }

    @Test("a configuration of wrong types is an error of its model")
    func badConfiguration() throws {
        for text in ["[]", "{", #"{"model_family":7}"#, #"{"model_families":["a",1]}"#, #"{"context_length":-1}"#] {
            #expect(throws: ModelLibraryError.self) { try ModelConfiguration(parsing: Array(text.utf8)) }
        }
        let old = #"{"model_format":"gguf","model_families":null,"rootfs":{"type":"layers"},"architecture":"amd64"}"#
        #expect(try ModelConfiguration(parsing: Array(old.utf8)).format == "gguf")
    }

    @Test("blobs that a damaged manifest mentions stay; nothing goes while a manifest cannot be read")
    func pruneBesideDamage() throws {
        let manifest = try temporary.add("m", weights: "precious")
        let text = String(decoding: manifest.bytes, as: UTF8.self)
        try temporary.write(String(text.dropLast(3)), to: library.appending("m/latest"))
        for file in try temporary.blobFiles {
            try temporary.setAge(of: store.blobs.directory.appending(file), seconds: 100_000)
        }
        #expect(try store.prune() == 0)
        let lost = try store.blobs.store([1]).path
        try temporary.setAge(of: lost, seconds: 100_000)
        try temporary.write(String(repeating: "x", count: 5_000_000), to: library.appending("huge/latest"))
        #expect(try store.prune() == 0)
        try store.remove(ModelName("huge"))
        #expect(try store.prune() == 1)
    }

    private func failure(of name: String) throws -> ModelLibraryError {
        try #require(throws: ModelLibraryError.self) { try store.model(named: ModelName(name)) }
    }
}

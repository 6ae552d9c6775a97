import APITypes
import Compute
import Configuration
import Generation
import Locking
import Logging
import ModelLibrary
import Server
import SystemPackage
import Testing

@Suite("Settings")
struct SettingsTests {
    private func settings(_ environment: [String: String]) throws -> ServerSettings {
        try ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
    }

    @Test("without an environment everything has its default")
    func defaults() throws {
        let settings = try settings(["HOME": "/home/me"])
        #expect(settings.address == ServerAddress())
        #expect(settings.modelsDirectory == "/home/me/.ollama/models")
        #expect(settings.keepAlive == .duration(.seconds(300)))
        #expect(settings.logLevel == .info)
        #expect(settings.prunes)
        #expect(settings.generation == GenerationSettings())
    }

    @Test("every variable is read, spaces and quotes around it taken off")
    func allVariables() throws {
        let settings = try settings([
            "OLLAMA_HOST": " \"0.0.0.0:80\" ", "OLLAMA_MODELS": "'/m'", "OLLAMA_KEEP_ALIVE": "1h",
            "OLLAMA_CONTEXT_LENGTH": "8192", "OLLAMA_NUM_PARALLEL": "2", "OLLAMA_MAX_LOADED_MODELS": "5",
            "OLLAMA_MAX_QUEUE": "9", "OLLAMA_KV_CACHE_TYPE": "Q8_0", "OLLAMA_NOPRUNE": "1",
            "OLLAMA_ORIGINS": "https://a.b", "OLLAMA_DEBUG": "2",
            "APUS_REPACK": "0", "APUS_SPECULATION": "ngram", "APUS_DRAFT": "small:1b",
        ])
        #expect(settings.address == ServerAddress(host: "0.0.0.0", port: 80))
        #expect(settings.modelsDirectory == "/m")
        #expect(settings.origins.allows("https://a.b"))
        #expect(settings.logLevel == .trace)
        #expect(!settings.prunes)
        var expected = GenerationSettings()
        expected.keepAlive = .duration(.seconds(3600))
        expected.contextLength = 8192
        expected.parallelSequences = 2
        expected.maximumLoadedModels = 5
        expected.maximumQueue = 9
        expected.cacheType = CacheType("q8_0")
        expected.repacking = .never
        expected.speculation = .ngram
        expected.draftModel = try ModelName("small:1b")
        #expect(settings.generation == expected)
    }

    @Test(
        "spans that a model is kept",
        arguments: [
            ("90", KeepAlive.duration(.seconds(90))), ("-1", .forever), ("-5m", .forever), ("0", .duration(.zero)),
            ("nonsense", .duration(.seconds(300))), ("", .duration(.seconds(300))),
        ])
    func keepAlive(text: String, expected: KeepAlive) throws {
        #expect(try settings(["OLLAMA_KEEP_ALIVE": text]).keepAlive == expected)
    }

    @Test("numbers that are none leave the default", arguments: ["x", "0", "-3", "1.5"])
    func badNumbers(text: String) throws {
        #expect(try settings(["OLLAMA_NUM_PARALLEL": text]).generation == GenerationSettings())
    }

    @Test("numbers beyond all measure are held, so that what is added to them stays a number")
    func hugeNumbers() throws {
        let settings = try settings([
            "OLLAMA_NUM_PARALLEL": "\(Int.max)", "OLLAMA_MAX_QUEUE": "\(Int.max)",
            "OLLAMA_CONTEXT_LENGTH": "\(Int.max)",
            "OLLAMA_KEEP_ALIVE": "\(Int.max)",
        ])
        #expect(settings.generation.parallelSequences == 1024)
        #expect(settings.generation.maximumQueue == 1_000_000)
        #expect(settings.generation.contextLength == 1 << 30)
        #expect(settings.keepAlive == .forever)
    }

    @Test("what is set and cannot be read is told, with what is taken instead")
    func warnings() throws {
        let settings = try settings([
            "OLLAMA_HOST": "h:99999", "OLLAMA_KEEP_ALIVE": "soon", "OLLAMA_NUM_PARALLEL": "many",
            "OLLAMA_MAX_QUEUE": "0", "APUS_SPECULATION": "perhaps", "APUS_DRAFT": "a/b/c/d/e", "OLLAMA_DEBUG": "",
        ])
        #expect(
            settings.warnings == [
                "OLLAMA_HOST: port \"99999\" is none from 0 to 65535; port 11434 is taken",
                "OLLAMA_KEEP_ALIVE is \"soon\", which cannot be read; the default 5m is taken",
                "OLLAMA_NUM_PARALLEL is \"many\", which cannot be read; the default 16 is taken",
                "APUS_SPECULATION is \"perhaps\", which cannot be read; the default auto is taken",
                "APUS_DRAFT is \"a/b/c/d/e\", which cannot be read; it is passed over",
            ])
        #expect(try self.settings(["OLLAMA_HOST": "'[::1]:80'", "OLLAMA_KEEP_ALIVE": "\" 5m \""]).warnings == [])
    }

    @Test(
        "whether weights are repacked",
        arguments: [("0", Repacking.never), ("1", .always), ("auto", .auto), ("", .auto)])
    func repacking(text: String, expected: Repacking) throws {
        #expect(try settings(["APUS_REPACK": text]).generation.repacking == expected)
    }

    @Test(
        "words for true and false",
        arguments: [("1", true), ("true", true), ("yes", true), ("0", false), ("false", false), ("F", false)])
    func debug(text: String, isOn: Bool) throws {
        #expect((try settings(["OLLAMA_DEBUG": text]).logLevel == .debug) == isOn)
    }

    /// Collects the keys that are asked for.
    private final class Keys: AccessReporter {
        let read = Locked<Set<String>>([])

        func report(_ event: AccessEvent) {
            read.withLock { _ = $0.insert(event.metadata.key.description) }
        }
    }

    @Test("every setting of the catalog is read, and nothing else but the home folder")
    func everySettingIsRead() throws {
        let keys = Keys()
        let provider = EnvironmentVariablesProvider(environmentVariables: [:])
        _ = try ServerSettings(ConfigReader(provider: provider, accessReporter: keys))
        #expect(keys.read.withLock { $0 } == Set(SettingsCatalog.all.map(\.key) + ["home"]))
    }

    @Test("the catalog names every variable once, with its help")
    func catalog() {
        let variables = SettingsCatalog.all.map(\.variable)
        #expect(Set(variables).count == variables.count)
        #expect(SettingsCatalog.all.allSatisfy { !$0.help.isEmpty })
        // What Ollama has is named as there.
        #expect(
            SettingsCatalog.all.map(\.variable).filter { !$0.hasPrefix("OLLAMA_") } == [
                "APUS_REPACK", "APUS_SPECULATION", "APUS_DRAFT",
            ])
    }

    @Test(
        "origins of this machine and of desktop programs are allowed, others are not",
        arguments: [
            ("http://localhost", true), ("https://localhost:3000", true), ("http://127.0.0.1:1", true),
            ("http://0.0.0.0", true), ("app://x", true), ("vscode-webview://abc", true),
            ("http://localhost.evil.com", false), ("http://localhost:80@evil.com", false),
            ("http://localhost:evil.com", false), ("http://localhost@evil.com", false), ("http://localhost/x", false),
            ("app://x/../y", false), ("app://a@b", false), ("HTTP://LOCALHOST:1", true), ("http://[::1]:3000", true),
            ("http://[::1]evil.com", false), ("http://localhost:99999", false), ("http:localhost", false), ("", false),
            ("http://example.com", false), ("chrome-extension://x", false), ("null", false),
        ])
    func origins(origin: String, isAllowed: Bool) {
        #expect(OriginPolicy().allows(origin) == isAllowed)
    }

    @Test("further origins are exact or have one star")
    func moreOrigins() throws {
        let policy = try OriginPolicy(list: "https://a.b , chrome-extension://*,http://*.c")
        #expect(policy.allows("https://a.b") && policy.allows("chrome-extension://x") && policy.allows("http://x.c"))
        #expect(!policy.allows("https://a.bc") && !policy.allows("http://.d"))
        #expect(try OriginPolicy(list: "*").allows("http://anything"))
        #expect(!policy.allows("http://evil.com/x.c") && !policy.allows("http://x:1@y.c"))
        #expect(try OriginPolicy(list: "'HTTPS://A.b/'").allows("https://a.b"))
        for bad in ["a.b", "http://*.*.c", "http://x@y", "http://x:99999", "ftp://x"] {
            #expect(throws: ServerError.badOrigin(bad)) { try OriginPolicy(list: bad) }
        }
    }
}

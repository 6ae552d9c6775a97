import ModelTestSupport
import ReferenceBackend
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Families compute what HF transformers computes")
struct FamilyTests {
    /// Language models of the conformance set whose families are supported.
    private static let languageModels = [
        "arcee", "deepseek2", "gemma", "gemma2", "gemma3", "gpt-oss", "granite", "llama", "llama-yarn", "mamba2",
        "mistral", "mixtral", "olmo", "olmo2", "phi3", "phi3-longrope-long", "phi3-longrope-short", "qwen2", "qwen3",
        "qwen3moe", "smollm3",
    ]

    /// Language models of `Tests/Vectors/models`, for what that set lacks.
    private static let smallLanguageModels = ["llama-yarn", "ministral3", "olmo-clamped", "olmo3", "phi4-mini"]

    @Test("each language model, by the reference backend", .enabled(if: Vectors.conformance != nil))
    func languageModels() throws {
        try Self.check(Self.languageModels, in: try #require(Vectors.conformance))
    }

    @Test("each small language model, by the reference backend")
    func smallLanguageModels() throws {
        try Self.check(Self.smallLanguageModels, in: Vectors.directory)
    }

    private static func check(_ names: [String], in folder: URL) throws {
        var cases = 0
        for name in names {
            cases += try ConformanceCheck(
                folder.appending(path: "models/\(name)"), ReferenceBackend(), tolerance: Tolerance.exact, greedy: 4,
                promptCount: 1
            ).languageModel()
        }
        #expect(cases > 0)
        print("conformance: \(cases) values of \(names.count) models by the reference")
    }

    /// Language models that are kept with the tests.
    private static let keptModels = [
        "deepseek", "deepseek2-yarn", "granitehybrid", "granitemoe", "qwen2moe",
    ]

    @Test("each language model that the tests keep, by the reference backend", arguments: keptModels)
    func keptModel(name: String) throws {
        let folder = Vectors.directory.appending(path: "models/\(name)")
        let check = ConformanceCheck(
            folder, ReferenceBackend(), tolerance: Tolerance.exact, greedy: 4, promptCount: 1)
        #expect(try check.languageModel() > 0)
    }
}

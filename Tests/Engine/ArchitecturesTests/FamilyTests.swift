import ModelTestSupport
import ReferenceBackend
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Families compute what HF transformers computes, by the reference backend", .computing)
struct FamilyTests {
    @Test("each language model that is kept with the tests", arguments: GoldenSet.kept.languageModels)
    func kept(name: String) throws {
        #expect(try Self.check(name, GoldenSet.kept).languageModel() > 0)
    }

    @Test("each encoder that is kept with the tests", arguments: GoldenSet.kept.encoders)
    func keptEncoder(name: String) throws {
        #expect(try Self.check(name, GoldenSet.kept).encoder() > 0)
    }

    @Test("every model of the conformance set", .enabled(if: GoldenSet.conformance != nil))
    func conformance() throws {
        let set = try #require(GoldenSet.conformance)
        var cases = 0
        for name in set.languageModels { cases += try Self.check(name, set).languageModel() }
        for name in set.encoders { cases += try Self.check(name, set).encoder() }
        #expect(cases > 0)
        print(
            "conformance: \(cases) values of \(set.languageModels.count + set.encoders.count) models by the reference")
    }

    private static func check(_ name: String, _ set: GoldenSet) -> ConformanceCheck {
        ConformanceCheck(
            set.folder.appending(path: name), ReferenceBackend(), tolerance: Tolerance.exact, greedy: 4, promptCount: 1)
    }
}

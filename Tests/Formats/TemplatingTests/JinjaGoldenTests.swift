import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Jinja templates render as transformers renders them")
struct JinjaGoldenTests {
    private static let vectors = Vectors.directory.appending(path: "templates")

    @Test("every feature on its own")
    func snippets() throws {
        let cases = try JinjaCase.snippets(in: Self.vectors.appending(path: "jinja-snippets.json"))
        #expect(cases.count > 70)
        for golden in cases { #expect(golden.mismatch == nil) }
    }

    @Test("Python's operators, methods, filters and messages")
    func python() throws {
        let cases = try JinjaCase.snippets(in: Self.vectors.appending(path: "jinja-python.json"))
        #expect(cases.count > 1500)
        for golden in cases { #expect(golden.mismatch == nil) }
    }

    @Test("chat templates as published")
    func templates() throws {
        let cases = try JinjaCase.templates(in: Self.vectors.appending(path: "jinja"))
        #expect(cases.count == 144)
        for golden in cases { #expect(golden.mismatch == nil) }
    }

    @Test("every chat template of the full set", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let templates = try #require(Vectors.conformance).appending(path: "templates")
        let cases =
            try JinjaCase.snippets(in: templates.appending(path: "jinja-snippets.json"))
            + JinjaCase.templates(in: templates.appending(path: "jinja"))
        for golden in cases { #expect(golden.mismatch == nil) }
        print("conformance: \(cases.count) Jinja cases")
    }
}

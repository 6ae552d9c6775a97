import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Go templates do what Go does")
struct GoTemplateGoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var template: String
        var expected: String?
        var error: String?

        var testDescription: String { template }

        init?(_ json: JSONValue) {
            guard let template = json["template"]?.stringValue else { return nil }
            self.template = template
            expected = json["expected"]?.stringValue
            error = json["error"]?.stringValue
        }
    }

    struct Golden: Sendable {
        var data: GoValue
        var cases: [Case]

        init(_ bytes: Data) throws {
            let json = try JSONParser.parse([UInt8](bytes))
            data = GoValue(json: try #require(json["data"]))
            cases = try #require(json["cases"]?.arrayValue).compactMap(Case.init)
        }
    }

    @Test("features render as Go renders them, and fail with its messages", arguments: ["snippets", "fmt"])
    func features(file: String) throws {
        let golden = try Golden(Vectors.data("gotemplate/\(file).json"))
        #expect(golden.cases.count >= 30)
        for snippet in golden.cases { try check(snippet, golden.data) }
    }

    @Test("the whole conformance set of features", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let folder = try #require(Vectors.conformance)
        let golden = try Golden(Data(contentsOf: folder.appending(path: "templates/gotmpl-snippets.json")))
        for snippet in golden.cases { try check(snippet, golden.data) }
        print("conformance: \(golden.cases.count) Go template features")
    }

    private func check(_ snippet: Case, _ data: GoValue) throws {
        let outcome = Result { () throws(TemplateError) in
            try GoTemplate(snippet.template).render(data, now: LocalTime(year: 2026, month: 3, day: 1))
        }
        switch outcome {
        case .success(let text): #expect(text.text == snippet.expected, "\(snippet.template)")
        case .failure(let error): #expect(error.message == snippet.error, "\(snippet.template)")
        }
    }
}

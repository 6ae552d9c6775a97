import Chat
import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Ollama's own templates write conversations as Ollama does")
struct GoChatFormatGoldenTests {
    static let templates = [
        "alfred", "chatml", "codellama-70b-instruct", "command-r", "falcon-instruct", "gemma3-instruct", "llama2-chat",
        "llama3-instruct", "magicoder", "openchat", "solar-instruct", "vicuna",
    ]

    @Test("every recorded conversation", arguments: templates)
    func conversations(name: String) throws {
        let folder = Vectors.directory.appending(path: "gotemplate/ollama")
        #expect(try check(name, in: folder) >= 8)
    }

    @Test("the whole conformance set", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let folder = try #require(Vectors.conformance).appending(path: "templates/gotmpl")
        let count = try Self.templates.reduce(0) { try $0 + check($1, in: folder) }
        print("conformance: \(count) Go template conversations")
    }

    private func check(_ name: String, in folder: URL) throws -> Int {
        let source = try Data(contentsOf: folder.appending(path: "\(name).gotmpl"))
        let format = try GoChatFormat(template: String(decoding: source, as: UTF8.self), specials: SpecialTexts())
        let golden = try JSONParser.parse([UInt8](Data(contentsOf: folder.appending(path: "\(name).json"))))
        let cases = try #require(golden["cases"]?.arrayValue)
        for item in cases {
            let data = try #require(item["data"])
            let id = item["id"]?.stringValue ?? ""
            // None of these templates can fill in: the program that made the data gave them the prompt all the same.
            if data["suffix"] != nil {
                #expect(throws: ChatError.infillUnsupported) { try format.renderInfill(prefix: "a", suffix: "b") }
                continue
            }
            #expect(try format.render(Conversation(json: data)).text == item["expected"]?.stringValue, "\(name) \(id)")
        }
        return cases.count
    }
}

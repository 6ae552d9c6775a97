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

@Suite("The chat templates of files write conversations as transformers does")
struct JinjaChatFormatGoldenTests {
    /// Conversations that end with an answer or hold lists of parts are given to templates in another way here.
    private static let comparable: Set = [
        "system-user", "user-only", "multi-turn", "tools-offered", "tool-call-and-result", "thinking-on",
        "thinking-off",
        "reasoning-effort", "unicode",
    ]
    /// Shows an answer that calls tools only where its content is null, and would lose the calls of the golden data.
    private static let knownDifferences = [
        "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B tool-call-and-result",
        // Leaves out the calls of earlier turns, which are written here.
        "LFM2-8B-A1B tool-call-and-result",
        // Has a switch of its own, which the golden data does not use.
        "ByteDance-Seed-OSS thinking-off",
    ]

    @Test(
        "some well-known templates",
        arguments: [
            "Qwen-Qwen3-0.6B", "meta-llama-Llama-3.1-8B-Instruct", "google-gemma-2-2b-it",
            "mistralai-Mistral-Nemo-Instruct-2407",
        ])
    func wellKnown(name: String) throws {
        let folder = Vectors.directory.appending(path: "templates/jinja")
        #expect(try check(name, in: folder) >= 2)
    }

    @Test("the whole conformance set", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let folder = try #require(Vectors.conformance).appending(path: "templates/jinja")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".jinja") }
        let count = try files.reduce(0) { try $0 + check(String($1.dropLast(6)), in: folder) }
        print("conformance: \(count) Jinja conversations of \(files.count) templates")
    }

    private func check(_ name: String, in folder: URL) throws -> Int {
        let source = try Data(contentsOf: folder.appending(path: "\(name).jinja"))
        let format = try JinjaChatFormat(
            template: String(decoding: source, as: UTF8.self), specials: SpecialTexts(bos: "<s>", eos: "</s>"),
            now: LocalTime(year: 2025, month: 3, day: 14, hour: 9, minute: 26, second: 53))
        let conversations = try json("conversations.json", in: folder)["conversations"]
        var count = 0
        for item in try #require(try json("\(name).json", in: folder)["cases"]?.arrayValue) {
            let id = item["conversation"]?.stringValue ?? ""
            let conversation = Conversation(json: conversations?[id] ?? .null)
            // Who says nothing of thinking gets it from a model that can; the golden data leaves it out.
            let saysEnough = conversation.think != nil || !format.capabilities.contains(.thinking)
            guard Self.comparable.contains(id), saysEnough, !Self.knownDifferences.contains("\(name) \(id)"),
                let expected = item["expected"]?.stringValue
            else { continue }
            #expect(try format.render(conversation).text == expected, "\(name) \(id)")
            count += 1
        }
        return count
    }

    private func json(_ file: String, in folder: URL) throws -> JSONValue {
        try JSONParser.parse([UInt8](Data(contentsOf: folder.appending(path: file))))
    }
}

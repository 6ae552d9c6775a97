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

@Suite("Renderers write conversations as the publishers' templates do")
struct RendererGoldenTests {
    struct Case: Sendable {
        var renderer: String
        /// The publisher's template that wrote the golden data, and its folder.
        var template: String
        var folder = "renderers"
        /// What the renderer begins with, where the golden data has `<s>`.
        var bos = "<s>"
        /// What the publisher takes for granted where nobody speaks of thinking.
        var think = ThinkSetting.on
        /// Conversations that Ollama writes in another way, or whose golden data is of no use, with the reason.
        var differences: [String: String] = [:]
        /// Compares all before the last answer's beginning only.
        var ignoresEnd = false
    }

    static let cases = [
        Case(renderer: "qwen3-coder", template: "Qwen3-Coder", folder: "jinja"),
        Case(renderer: "qwen3.5", template: "Qwen3.5-4B"),
        // The text model of the family: its template differs in how thinking is switched.
        Case(renderer: "qwen3-vl-instruct", template: "Qwen-Qwen3-0.6B", folder: "jinja", ignoresEnd: true),
        Case(
            renderer: "glm-4.7", template: "GLM-4.7-Flash",
            differences: [
                "thinking-on": "older thoughts are kept", "thinking-off": "older thoughts are kept",
                "tool-call-single-then-answer": "the template writes None for no content",
            ]),
        Case(
            renderer: "lfm2", template: "LFM2-8B-A1B", bos: "<|startoftext|>",
            differences: [
                "tools-offered": "tools are listed without their type",
                "tool-call-and-result": "the template leaves out calls",
                "tool-call-single-then-answer": "the template leaves out calls",
            ]),
        Case(renderer: "nemotron-3-nano", template: "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"),
        Case(renderer: "gemma4-large", template: "google-gemma-4-31B-it", folder: "jinja", bos: "<bos>", think: .off),
        Case(renderer: "laguna", template: "poolside-Laguna-XS.2", think: .off),
    ]

    /// Conversations that end with an answer, or hold lists of parts, are given to renderers in another way.
    private static let incomparable: Set = ["ends-with-assistant", "content-parts"]

    @Test("every conversation", arguments: cases)
    func conversations(item: Case) throws {
        let format = try ChatFormatRegistry.format(
            template: nil, chatTemplate: nil, specials: SpecialTexts(bos: "<s>", eos: "</s>"),
            hints: AnswerHints(renderer: item.renderer))
        let conversations = try json("jinja/conversations.json")["conversations"]
        var count = 0
        for golden in try #require(json("\(item.folder)/\(item.template).json")["cases"]?.arrayValue) {
            let id = golden["conversation"]?.stringValue ?? ""
            guard var expected = golden["expected"]?.stringValue, !Self.incomparable.contains(id),
                item.differences[id] == nil
            else { continue }
            var conversation = Conversation(json: conversations?[id] ?? .null)
            conversation.think = conversation.think ?? item.think
            var prompt = try format.render(conversation).text
            if expected.hasPrefix("<s>") { expected = item.bos + expected.dropFirst(3) }
            if item.ignoresEnd {
                expected = beforeLastTurn(expected)
                prompt = beforeLastTurn(prompt)
            }
            #expect(prompt == expected, "\(item.renderer) \(id)")
            count += 1
        }
        #expect(count >= 6)
    }

    private func beforeLastTurn(_ prompt: String) -> String {
        String(prompt[..<(prompt.ranges(of: "<|im_start|>").last?.lowerBound ?? prompt.endIndex)])
    }

    private func json(_ path: String) throws -> JSONValue {
        try JSONParser.parse([UInt8](Vectors.data("templates/\(path)")))
    }
}

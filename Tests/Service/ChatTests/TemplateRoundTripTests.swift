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

@Suite("What templates of publishers write for a turn with calls is read back")
struct TemplateRoundTripTests {
    /// What a template writes of a turn.
    struct Trip: Sendable {
        var template: String
        var thinking = true
        var content = true
    }

    static let trips = [
        Trip(template: "CohereForAI-c4ai-command-r7b-12-2024-tool_use", thinking: false, content: false),
        Trip(template: "Qwen-Qwen3-0.6B"),
        Trip(template: "Qwen3-Coder", thinking: false), Trip(template: "deepseek-ai-DeepSeek-V3.2"),
        Trip(template: "google-gemma-4-31B-it", content: false),
        Trip(template: "meetkai-functionary-medium-v3.2", thinking: false),
        Trip(template: "meta-llama-Llama-3.1-8B-Instruct", thinking: false, content: false),
        Trip(template: "mistralai-Mistral-Nemo-Instruct-2407", thinking: false, content: false),
        Trip(template: "openai-gpt-oss-120b", content: false),
    ]
    /// Those of the whole conformance set.
    static let others = [
        Trip(template: "Apertus-8B-Instruct", thinking: false, content: false),
        Trip(template: "ByteDance-Seed-OSS"), Trip(template: "GLM-4.6"), Trip(template: "GLM-4.7-Flash"),
        Trip(template: "LFM2-8B-A1B", thinking: false), Trip(template: "LFM2.5-Instruct", thinking: false),
        Trip(template: "MiniMax-M1", thinking: false, content: false),
        Trip(template: "Mistral-Small-3.2-24B-Instruct-2506", thinking: false, content: false),
        Trip(template: "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"),
        Trip(template: "NousResearch-Hermes-3-Llama-3.1-8B-tool_use", thinking: false, content: false),
        Trip(template: "Qwen-QwQ-32B", thinking: false), Trip(template: "Qwen-Qwen2.5-7B-Instruct", thinking: false),
        Trip(template: "Qwen3.5-4B"), Trip(template: "StepFun3.5-Flash"),
        Trip(template: "ibm-granite-granite-4.1", thinking: false),
        Trip(template: "mistralai-Ministral-3-14B-Reasoning-2512", thinking: false),
        Trip(template: "openbmb-MiniCPM5-1B"), Trip(template: "poolside-Laguna-XS.2"),
        Trip(template: "unsloth-mistral-Devstral-Small-2507", thinking: false),
    ]

    private static let calls = [
        ToolCall(id: "abcdef123", name: "get_weather", arguments: ["city": "Graz <\"Süd\">", "days": 2]),
        ToolCall(id: "456uvwxyz", name: "get_time", arguments: ["zone": "Europe/Vienna"]),
    ]

    private func check(_ trip: Trip, in folder: URL) throws {
        let source = try Data(contentsOf: folder.appending(path: "templates/jinja/\(trip.template).jinja"))
        let format = try JinjaChatFormat(
            template: String(decoding: source, as: UTF8.self), specials: SpecialTexts(bos: "<s>", eos: "</s>"))
        try check(trip, format)
    }

    private func check(_ trip: Trip, _ format: any ChatFormat) throws {
        let question = Message(role: "user", content: "How is Graz?")
        var conversation = Conversation(messages: [question], tools: AnswerExample.tools, think: .on)
        let start = try format.render(conversation).text
        conversation.messages += [
            Message(
                role: "assistant", content: "Let me see.", thinking: trip.thinking ? "Graz, two days." : nil,
                toolCalls: Self.calls),
            Message(role: "tool", content: "ANSWER 1", toolName: "get_weather", toolCallID: "abcdef123"),
            Message(role: "tool", content: "ANSWER 2", toolName: "get_time", toolCallID: "456uvwxyz"),
        ]
        let written = try format.render(conversation).text
        // The turn is what the model would have written after the prompt, which may have begun its thinking or its answer.
        let common = zip(start.utf8, written.utf8).prefix { $0 == $1 }.count
        let turn = String(decoding: written.utf8.dropFirst(common), as: UTF8.self)
        let prompt = String(decoding: start.utf8.prefix(common), as: UTF8.self)
        let reader = format.makeParser(for: conversation, prompt: prompt)
        var calls: [ToolCall] = []
        var content = ""
        var thinking = ""
        for part in reader.parts(of: [turn]) {
            switch part {
            case .toolCall(let call): calls.append(call)
            case .content(let text): content += text
            case .thinking(let text): thinking += text
            default: break
            }
        }
        func plain(_ calls: [ToolCall]) -> [ToolCall] {
            calls.map { ToolCall(name: $0.name, arguments: ["": .object($0.arguments.sorted)]) }
        }
        // A turn with one call is written as two.
        let isSplit = format.syntax.toolCalls?.separator == nil
        #expect(
            plain(isSplit ? Array(calls.prefix(1)) : calls)
                == plain(isSplit ? Array(Self.calls.prefix(1)) : Self.calls),
            "\(trip.template): \(turn)")
        #expect(!trip.content || content.hasPrefix("Let me see."), "\(trip.template): \(turn)")
        #expect(
            !trip.thinking || thinking.hasPrefix("Graz, two days."), "\(trip.template): \(prompt.suffix(40))|\(turn)")
    }

    /// All others write both.
    private static let renderers = [
        Trip(template: "qwen3-coder", thinking: false), Trip(template: "qwen3-vl-instruct", thinking: false),
        Trip(template: "cogito", thinking: false),
        Trip(template: "olmo3", thinking: false), Trip(template: "olmo3.1", thinking: false),
        Trip(template: "gemma4-small", content: false), Trip(template: "gemma4-large", content: false),
        Trip(template: "functiongemma", thinking: false),
        Trip(template: "lfm2", thinking: false), Trip(template: "cohere", content: false),
        Trip(template: "glimmer", content: false),
    ]

    @Test("renderers", arguments: Renderers.names.filter { !$0.hasPrefix("olmo3-") })
    func renderers(name: String) throws {
        let format = try ChatFormatRegistry.format(
            template: nil, chatTemplate: nil, specials: SpecialTexts(), hints: AnswerHints(renderer: name))
        try check(Self.renderers.first { $0.template == name } ?? Trip(template: name), format)
    }

    @Test("some well-known templates", arguments: trips)
    func wellKnown(trip: Trip) throws {
        try check(trip, in: Vectors.directory)
    }

    @Test("the whole conformance set", .enabled(if: Vectors.conformance != nil), arguments: trips + others)
    func conformance(trip: Trip) throws {
        try check(trip, in: try #require(Vectors.conformance))
    }
}

extension JSONObject {
    /// With its keys in order: a template may sort them.
    fileprivate var sorted: JSONObject {
        JSONObject(uniqueKeysWithValues: elements.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

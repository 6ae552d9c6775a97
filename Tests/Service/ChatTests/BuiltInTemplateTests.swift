import Chat
import GGUF
import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Go templates that models get by themselves")
struct BuiltInTemplateTests {
    /// With Ollama's stops for each.
    static let stops = [
        "alfred": ["<start_system>", "<end_message>", "<start_user>", "<start_assistant>"],
        "alpaca": ["### Instruction:", "### Response"], "chatml": ["<|im_start|>", "<|im_end|>"],
        "chatqa": ["System:", "User:", "Assistant:", "<|begin_of_text|>"],
        "codellama-70b-instruct": ["Source:", "Destination:", "<step>"],
        "command-r": ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"],
        "falcon-instruct": ["User:", "Assistant:"], "gemma-instruct": ["<start_of_turn>", "<end_of_turn>"],
        "gemma3-instruct": ["<end_of_turn>"], "granite-instruct": ["System:", "Question:", "Answer:"],
        "llama2-chat": ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"],
        "llama3-instruct": ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        "magicoder": ["@@ Instruction", "@@ Response"], "mistral-instruct": ["<|im_start|>", "<|im_end|>"],
        "openchat": ["<|end_of_turn|>"], "phi-3": ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"],
        "solar-instruct": ["### System:", "### User:", "### Assistant"],
        "starcoder2-instruct": ["### Instruction", "### Response", "<|endoftext|>"],
        "vicuna": ["USER:", "ASSISTANT:"], "zephyr": ["<|system|>", "</s>", "<|user|>", "<|assistant|>"],
    ]

    @Test("all names of Ollama, with its stops")
    func names() {
        let found = BuiltInTemplates.all.map { ($0.name, $0.stops) }
        #expect(Dictionary(uniqueKeysWithValues: found) == Self.stops)
    }

    @Test("each writes what Ollama's of that name writes", arguments: GoChatFormatGoldenTests.templates)
    func golden(name: String) throws {
        let template = try #require(BuiltInTemplates.all.first { $0.name == name })
        let format = try GoChatFormat(template: template.source, specials: SpecialTexts())
        let golden = try JSONParser.parse([UInt8](Vectors.data("gotemplate/ollama/\(name).json")))
        for item in try #require(golden["cases"]?.arrayValue) {
            let data = try #require(item["data"])
            // Ollama's Command R offers tools, ours leaves those to the templates of model files.
            guard data["suffix"] == nil, name != "command-r" || data["tools"] == nil else { continue }
            let prompt = try format.render(Conversation(json: data)).text
            #expect(prompt == item["expected"]?.stringValue, "\(name) \(item["id"]?.stringValue ?? "")")
        }
    }

    // MARK: The choice

    /// Chat templates of `imported.json` that can more than chat, or of which no prompt is as the Go template writes it.
    private static let differences = [
        9: "knows no system turn, and ends only answers", 11: "introduces the model", 22: "takes images",
        24: "offers tools",
        26: "introduces the model", 32: "introduces the model, and drops system texts",
        36: "begins the text twice",
    ]

    private static func imported() throws -> [(name: String, template: String)] {
        let json = try JSONParser.parse([UInt8](Vectors.data("gotemplate/imported.json")))
        return try (json.arrayValue ?? []).map { item in
            (try #require(item["name"]?.stringValue), try #require(item["template"]?.stringValue))
        }
    }

    /// As in the files that these come from.
    private func specials(_ name: String) -> SpecialTexts {
        SpecialTexts(bos: "<s>", eos: name == "chatqa" ? "<|end_of_text|>" : "</s>", addsBOS: true)
    }

    @Test("of the templates that Ollama knows, those of which it chooses the same")
    func choice() throws {
        let imported = try Self.imported()
        #expect(imported.count == 37)
        for (index, item) in imported.enumerated() {
            let found = BuiltInTemplates.matching(item.template, specials(item.name))?.name
            #expect(found == (Self.differences[index] == nil ? item.name : nil), "\(index) \(item.name)")
        }
    }

    private static let chatML =
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

    @Test("a beginning of text counts as the tokenizer writes it")
    func beginningOfText() {
        func name(_ template: String, addsBOS: Bool) -> String? {
            BuiltInTemplates.matching(template, SpecialTexts(bos: "<s>", eos: "</s>", addsBOS: addsBOS))?.name
        }
        #expect(name(Self.chatML, addsBOS: true) == "chatml")
        #expect(name(Self.chatML, addsBOS: false) == "chatml")
        #expect(name("{{ bos_token }}" + Self.chatML, addsBOS: true) == "chatml")
        #expect(name("{{ bos_token }}" + Self.chatML, addsBOS: false) == nil)
    }

    @Test("what can more than chat stays as it is")
    func capable() {
        for text in ["{% if tools %}{% endif %}", "{# <think></think> #}", "{# image #}"] {
            #expect(BuiltInTemplates.matching(text + Self.chatML, SpecialTexts()) == nil)
        }
    }

    @Test(
        "a hostile template matches nothing, and is done with soon",
        arguments: [
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ 'a' * 1000000000 }}",
            String(repeating: "{% if true %}", count: 100_000), "{{ raise_exception('no') }}", "{% broken", "",
            "{{ " + String(repeating: "(", count: 100_000),
        ])
    func hostile(template: String) {
        #expect(BuiltInTemplates.matching(template, SpecialTexts()) == nil)
    }

    @Test("the template of a file stays in charge beside one that was chosen for it, unless the user wants the other")
    func inCharge() throws {
        let template = try #require(BuiltInTemplates.matching(Self.chatML, SpecialTexts())).source
        let conversation = Conversation(messages: [
            Message(role: "user", content: "A"), Message(role: "user", content: "B"),
            Message(role: "assistant", content: "C"),
        ])
        func prompt(_ chatTemplate: String, _ preference: TemplatePreference = .automatic) throws -> String {
            try ChatFormatRegistry.format(
                template: template, chatTemplate: chatTemplate, specials: SpecialTexts(), preference: preference
            ).render(conversation).text
        }
        let own = "<|im_start|>user\nA<|im_end|>\n<|im_start|>user\nB<|im_end|>\n<|im_start|>assistant\nC"
        let merged = "<|im_start|>user\nA\n\nB<|im_end|>\n<|im_start|>assistant\nC<|im_end|>\n<|im_start|>assistant\n"
        #expect(try prompt(Self.chatML) == own)
        #expect(try prompt(Self.chatML, .go) == merged)
        // The user's own choice for a file that writes otherwise.
        #expect(try prompt("{% for m in messages %}{{ m.content }}{% endfor %}") == merged)
    }
}

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

@Suite("Which syntax a model's answers are read in")
struct AnswerSyntaxChoiceTests {
    /// Templates as their publishers ship them, and the syntax that the publisher documents.
    static let templates = [
        "CohereForAI-c4ai-command-r7b-12-2024-tool_use": "Command R7B", "HuggingFaceTB-SmolLM3-3B": "JSON objects",
        "Kimi-K2-Instruct": "Kimi K2", "Qwen-Qwen3-0.6B": "Hermes", "Qwen3-Coder": "Qwen XML",
        "deepseek-ai-DeepSeek-V3.2": "DeepSeek V3.2", "google-gemma-2-2b-it": "JSON objects",
        "google-gemma-4-31B-it": "Gemma 4", "meetkai-functionary-medium-v3.2": "Functionary 3.2",
        "meta-llama-Llama-3.1-8B-Instruct": "Llama 3", "mistralai-Mistral-Nemo-Instruct-2407": "Mistral, list",
        "openai-gpt-oss-120b": "Harmony",
    ]
    /// Those of the whole conformance set.
    static let others = [
        "Apertus-8B-Instruct": "Apertus", "ByteDance-Seed-OSS": "Seed OSS", "GLM-4.6": "GLM 4.5",
        "GLM-4.7-Flash": "GLM 4.5", "LFM2-8B-A1B": "LFM 2", "LFM2.5-Instruct": "LFM 2", "MiniMax-M1": "MiniMax M1",
        "Mistral-Small-3.2-24B-Instruct-2506": "Mistral, named",
        "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": "Qwen XML",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use": "Hermes", "Qwen-QwQ-32B": "Hermes",
        "Qwen-Qwen2.5-7B-Instruct": "Hermes", "Qwen3.5-4B": "Qwen XML", "StepFun3.5-Flash": "Qwen XML",
        "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": "DeepSeek R1",
        "ibm-granite-granite-3.3-2B-Instruct": "Granite 3", "ibm-granite-granite-4.1": "Hermes",
        "microsoft-Phi-3.5-mini-instruct": "JSON objects",
        "mistralai-Ministral-3-14B-Reasoning-2512": "Mistral, named", "openbmb-MiniCPM5-1B": "MiniCPM",
        "poolside-Laguna-XS.2": "GLM 4.5", "unsloth-mistral-Devstral-Small-2507": "Mistral, named",
    ]

    private func check(_ name: String, _ expected: String, in folder: URL) throws {
        let source = try Data(contentsOf: folder.appending(path: "templates/jinja/\(name).jinja"))
        let format = try JinjaChatFormat(
            template: String(decoding: source, as: UTF8.self), specials: SpecialTexts(bos: "<s>", eos: "</s>"))
        #expect(format.syntax.name == expected, "\(name)")
    }

    @Test("the marks of the template tell", arguments: templates.sorted { $0.key < $1.key })
    func marks(name: String, syntax: String) throws {
        try check(name, syntax, in: Vectors.directory)
    }

    @Test("the whole conformance set", .enabled(if: Vectors.conformance != nil))
    func conformance() throws {
        let folder = try #require(Vectors.conformance)
        for (name, syntax) in Self.templates.merging(Self.others, uniquingKeysWith: { first, _ in first }) {
            try check(name, syntax, in: folder)
        }
    }

    private func chosen(_ hints: AnswerHints, _ template: String) -> String {
        AnswerSyntaxes.choose(hints, template: template).name
    }

    @Test(
        "a configuration's parser comes first, then its renderer, the template, and the architecture",
        arguments: [
            (AnswerHints(parser: "harmony", renderer: "qwen3-coder", architecture: "qwen3"), "<tool_call>", "Harmony"),
            (AnswerHints(renderer: "qwen3-coder", architecture: "qwen3"), "<tool_call>", "Qwen XML"),
            (AnswerHints(parser: "unheard-of", renderer: "glm-4.7"), "<tool_call>", "GLM 4.5"),
            (AnswerHints(parser: "unheard-of", architecture: "gemma4"), "<tool_call>", "Hermes"),
            (AnswerHints(architecture: "gemma4"), "plain", "Gemma 4"),
            (AnswerHints(architecture: "lfm2moe"), "", "LFM 2"),
            (AnswerHints(architecture: "llama"), "plain", "JSON objects"),
            (AnswerHints(parser: "passthrough"), "[TOOL_CALLS]", "passthrough"),
            (AnswerHints(parser: "deepseek3"), "", "DeepSeek V3.1"), (AnswerHints(parser: "cogito"), "", "DeepSeek R1"),
            (AnswerHints(parser: "ministral"), "", "Mistral, named"), (AnswerHints(parser: "lfm2"), "", "LFM 2"),
            (AnswerHints(parser: "olmo3"), "", "OLMo 3"), (AnswerHints(parser: "cohere"), "", "Command R7B"),
            (AnswerHints(parser: "functiongemma"), "", "FunctionGemma"),
            (AnswerHints(parser: "qwen3-thinking"), "", "Hermes"), (AnswerHints(parser: "glimmer"), "", "Glimmer"),
            (AnswerHints(architecture: "muse-glimmer"), "", "Glimmer"),
        ])
    func order(hints: AnswerHints, template: String, expected: String) {
        #expect(chosen(hints, template) == expected)
    }

    @Test(
        "marks within one another are told apart",
        arguments: [
            ("<tool_call> <arg_key>", "GLM 4.5"), ("<tool_calls>", "MiniMax M1"),
            ("[TOOL_CALLS] [ARGS]", "Mistral, named"), ("[TOOL_CALLS]", "Mistral, list"),
            ("<|tool_call|> <|start_of_role|>", "Granite 3"), ("<|tool_call|>", "Phi 4"), ("<|tool_call>", "Gemma 4"),
            ("<function={name}>…</function>", "Functionary 3.1"), ("<TOOLCALL>", "Nemotron"),
            ("<｜tool▁calls▁begin｜> ```json", "DeepSeek R1"), ("<｜tool▁calls▁begin｜>", "DeepSeek V3.1"),
            ("'<|start|>assistant to=self<|message|>' <atem:function_calls>", "Glimmer"),
            ("<minimax:tool_call>", "MiniMax M2"), ("[gMASK] <|observation|>", "GLM 4"),
        ])
    func overlapping(template: String, expected: String) {
        #expect(chosen(AnswerHints(), template) == expected)
    }

    @Test("a Go template's own tag counts, read in the syntax that has it")
    func goTemplates() throws {
        func name(_ calls: String, _ hints: AnswerHints = AnswerHints()) throws -> String {
            let template = "{{ .Tools }}{{ range .Messages }}{{ if .ToolCalls }}\(calls){{ end }}{{ end }}"
            return try GoChatFormat(template: template, specials: SpecialTexts(), hints: hints).syntax.name
        }
        #expect(try name(#"<tool_call>{"name": "{{ .Name }}"}</tool_call>"#) == "Hermes")
        #expect(try name(#"[TOOL_CALLS] [{{ . }}]"#) == "Mistral, list")
        #expect(try name(#"<call>{{ . }}"#) == "JSON behind <call>")
        #expect(try name(#"{"name": "x"}"#) == "JSON objects")
        #expect(try name(#"{"name": "x"}"#, AnswerHints(parser: "qwen3-coder")) == "Qwen XML")
        #expect(try name("<|channel|>commentary<|message|>", AnswerHints(architecture: "gptoss")) == "Harmony")
    }

    @Test(
        "a renderer writes prompts; of one that is not known, the file's template comes nearest, not the stub beside it"
    )
    func renderer() throws {
        func text(_ hints: AnswerHints) throws -> String {
            try ChatFormatRegistry.format(
                template: "{{ .Prompt }}", chatTemplate: "file: {{ messages[0].content }}", specials: SpecialTexts(),
                hints: hints
            ).render(Conversation(messages: [Message(role: "user", content: "Q")])).text
        }
        #expect(try text(AnswerHints(renderer: "unheard-of")) == "file: Q")
        #expect(try text(AnswerHints(renderer: "deepseek3.1")) == "<｜begin▁of▁sentence｜><｜User｜>Q<｜Assistant｜><think>")
        #expect(try text(AnswerHints()) == "Q")
    }

    @Test(
        "whether a template can switch thinking",
        arguments: [
            ("Qwen-Qwen3-0.6B", ThinkingControl.switchable), ("openai-gpt-oss-120b", .switchable),
            ("google-gemma-4-31B-it", .switchable), ("CohereForAI-c4ai-command-r7b-12-2024-tool_use", .switchable),
            ("google-gemma-2-2b-it", .never), ("meta-llama-Llama-3.1-8B-Instruct", .never),
        ])
    func thinking(name: String, expected: ThinkingControl) throws {
        let source = try Vectors.data("templates/jinja/\(name).jinja")
        let format = try JinjaChatFormat(template: String(decoding: source, as: UTF8.self), specials: SpecialTexts())
        let always = try JinjaChatFormat(template: "{# </think> #}", specials: SpecialTexts())
        #expect(always.thinking == .always)
        #expect(format.thinking == expected)
        #expect(format.capabilities.contains(.thinking) == (expected != .never))
        #expect((format.thinkingEnd != nil) == (expected != .never))
    }
}

import Chat
import JSON
import Testing

@Suite("The chat template of a file")
struct JinjaChatFormatTests {
    private let user = Message(role: "user", content: "Q")
    private let system = Message(role: "system", content: "S")
    private let chatML = """
        {% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}
        """

    private func format(_ template: String, _ specials: SpecialTexts = SpecialTexts()) throws -> JinjaChatFormat {
        try JinjaChatFormat(template: template, specials: specials)
    }

    private func render(_ template: String, _ messages: Message..., think: ThinkSetting? = nil) throws -> String {
        try format(template).render(Conversation(messages: messages, think: think))
    }

    @Test("a last answer is a beginning that the model goes on with")
    func prefill() throws {
        let answer = Message(role: "assistant", content: "Well,")
        #expect(try render(chatML, user, answer) == "<|user|>Q<|assistant|>Well,")
        #expect(try render(chatML, user, answer, user) == "<|user|>Q<|assistant|>Well,<|user|>Q<|assistant|>")
        let thinks = "{{ messages[0].content }}<think>\n{# </think> #}"
        #expect(try render(thinks, user, answer) == "Q<think>\n</think>\n\nWell,")
        let thought = Message(role: "assistant", content: "Well,", thinking: "hm")
        #expect(try render(thinks, user, thought) == "Q<think>\nhm</think>\n\nWell,")
    }

    @Test("a template that refuses or leaves out the system text gets it with the user's")
    func foldsSystem() throws {
        let refuses = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + chatML
        #expect(try render(refuses, system, user) == "<|user|>S\n\nQ<|assistant|>")
        let ignores = "{% for m in messages if m.role == 'user' %}[{{ m.content }}]{% endfor %}"
        #expect(try render(ignores, system, user, user) == "[S\n\nQ][Q]")
        #expect(try render(chatML, system, user) == "<|system|>S<|user|>Q<|assistant|>")
    }

    @Test("a refusal that nothing helps against is told with the template's words")
    func refusal() throws {
        let failure = #expect(throws: ChatError.self) { try render("{{ raise_exception('only two turns') }}", user) }
        #expect(failure?.description == "chat template: only two turns")
    }

    @Test("tool calls are given as templates want them")
    func toolCalls() throws {
        let call = Message(
            role: "assistant", content: "", toolCalls: [ToolCall(id: "1", name: "f", arguments: ["b": 1, "a": 2])])
        let result = Message(role: "tool", content: "r", toolName: "f", toolCallID: "1")
        let objects =
            "{% for m in messages %}{% for c in m.tool_calls %}{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}"
        #expect(try render(objects, user, call, result) == #"{"b": 1, "a": 2}"#)
        let strings =
            "{% for m in messages %}{% for c in m.tool_calls %}{{ 'f' + c.function.arguments }}{% endfor %}{% endfor %}"
        #expect(try render(strings, user, call, result) == #"f{"b":1,"a":2}"#)
        let nulls =
            "{% for m in messages %}{% if m['content'] is none %}call{% else %}{{ m.content }}{% endif %}{% endfor %}"
        #expect(try render(nulls, user, call, result) == "Qcallr")
        let ids =
            "{% for m in messages %}{{ m.tool_call_id }}{{ m.name }}{% for c in m.tool_calls %}{{ c.id }}{% endfor %}{% endfor %}"
        #expect(try render(ids, user, call, result) == "11f")
    }

    @Test("think settings reach the template; a model that can think does so unless told otherwise")
    func think() throws {
        let plain = "{{ enable_thinking is defined }} {{ enable_thinking }} {{ reasoning_effort }}"
        #expect(try render(plain, user) == "False  ")
        #expect(try render(plain, user, think: .off) == "True False ")
        #expect(try render(plain, user, think: .level("low")) == "True True low")
        #expect(try render(plain + "{# <think></think> #}", user) == "True True ")
    }

    @Test("BOS is written by the template or added by the tokenizer, not both")
    func bos() throws {
        let template = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"
        let conversation = Conversation(messages: [user])
        #expect(try format(template, SpecialTexts(bos: "<s>", eos: "</s>")).render(conversation) == "<s>Q</s>")
        #expect(
            try format(template, SpecialTexts(bos: "<s>", eos: "</s>", addsBOS: true)).render(conversation) == "Q</s>")
    }

    @Test("answers are read with the tags that the template mentions")
    func answers() throws {
        let template = chatML + "{# <think></think> <tool_call> #}"
        let tool: JSONValue = ["type": "function", "function": ["name": "f"]]
        let format = try format(template)
        #expect(format.capabilities == [.tools, .thinking])
        let conversation = Conversation(messages: [user], tools: [tool], think: .off)
        let parser = format.makeParser(for: conversation, prompt: try format.render(conversation))
        #expect(
            parser.parts(of: ["<think>a</think>", #"b<tool_call>{"name": "f"}"#]) == [
                .thinking("a"), .content("b"), .toolCall(ToolCall(name: "f", arguments: [:])),
            ])
        let inside = format.makeParser(for: conversation, prompt: "<|assistant|><think>\n")
        #expect(inside.parts(of: ["a</think>b"]) == [.thinking("a"), .content("b")])
    }

    @Test("a second template is used where tools are offered")
    func toolTemplate() throws {
        let format = try JinjaChatFormat(
            template: "plain", toolTemplate: "{{ tools | length }}", specials: SpecialTexts())
        #expect(try format.render(Conversation(messages: [user])) == "plain")
        #expect(try format.render(Conversation(messages: [user], tools: [["type": "function"]])) == "1")
    }
}

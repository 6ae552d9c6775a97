import Chat
import JSON
import Templating
import TestSupport
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
        try format(template).render(Conversation(messages: messages, think: think)).text
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

    private static let alternating = """
        {% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}: {{ m.content }}]{% endfor %}
        """

    @Test("neighbours of one role are one message where the roles must alternate, and two where they need not")
    func alternation() throws {
        let answer = Message(role: "assistant", content: "A")
        let call = Message(role: "assistant", content: "", toolCalls: [ToolCall(name: "f", arguments: [:])])
        #expect(try render(chatML, user, user) == "<|user|>Q<|user|>Q<|assistant|>")
        #expect(try render(Self.alternating, user, user) == "[user: Q\n\nQ]")
        #expect(
            try render(Self.alternating, user, user, answer, answer, user)
                == "[user: Q\n\nQ][assistant: A\n\nA][user: Q]")
        #expect(try render(Self.alternating, system, user, user) == "[user: S\n\nQ\n\nQ]")
        let calls = Self.alternating + "{% for m in messages %}{{ m.tool_calls | length }}{% endfor %}"
        #expect(try render(calls, user, answer, call, call, user).hasSuffix("020"), "no call is lost")
        let failure = #expect(throws: ChatError.self) { try render(Self.alternating, answer, user) }
        #expect(failure?.description == "chat template: roles must alternate")
    }

    @Test(
        "real templates that insist on turns take neighbours",
        arguments: ["google-gemma-2-2b-it", "mistralai-Mistral-Nemo-Instruct-2407"])
    func realAlternation(name: String) throws {
        let source = try Vectors.data("templates/jinja/\(name).jinja")
        let format = try format(String(decoding: source, as: UTF8.self), SpecialTexts(bos: "<s>", eos: "</s>"))
        let prompt = try format.render(Conversation(messages: [system, user, user])).text
        let merged = Message(role: "user", content: "S\n\nQ\n\nQ")
        #expect(try prompt == format.render(Conversation(messages: [merged])).text)
    }

    @Test("a developer's instructions are the system's, unless the template knows developers")
    func developer() throws {
        let developer = Message(role: "developer", content: "D")
        let known = "{% for m in messages if m.role in ['system', 'user'] %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        #expect(try render(known, developer, user) == "<system>D<user>Q")
        #expect(try render(Self.alternating, developer, user) == "[user: D\n\nQ]")
        #expect(try render(chatML, developer, user) == "<|system|>D<|user|>Q<|assistant|>")
        let names = chatML + "{% if messages[0].role == 'developer' %}!{% endif %}"
        #expect(try render(names, developer, user) == "<|developer|>D<|user|>Q<|assistant|>!")
    }

    @Test("odd spellings of roles are read; what a template leaves out or refuses is the user's")
    func oddRoles() throws {
        #expect(
            try render(chatML, Message(role: " System ", content: "S"), Message(role: "", content: "Q"))
                == "<|system|>S<|user|>Q<|assistant|>")
        let odd = Message(role: "critic", content: "C")
        #expect(try render(chatML, user, odd) == "<|user|>Q<|critic|>C<|assistant|>", "written where the template can")
        let drops = "{% for m in messages if m.role == 'user' %}[{{ m.content }}]{% endfor %}"
        #expect(try render(drops, user, odd) == "[Q][C]")
        #expect(try render(Self.alternating, system, odd, user) == "[user: S\n\nC\n\nQ]")
    }

    @Test("thousands of system messages are looked for in one pass")
    func manySystemTexts() throws {
        var messages = (0..<20_000).map { Message(role: $0 % 2 == 0 ? "system" : "user", content: "text \($0)") }
        messages.append(user)
        let prompt = try format(chatML).render(Conversation(messages: messages)).text
        #expect(prompt.hasSuffix("<|system|>text 19998<|user|>text 19999<|user|>Q<|assistant|>"))
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
        #expect(try format(template, SpecialTexts(bos: "<s>", eos: "</s>")).render(conversation).text == "<s>Q</s>")
        #expect(
            try format(template, SpecialTexts(bos: "<s>", eos: "</s>", addsBOS: true)).render(conversation).text
                == "Q</s>")
    }

    @Test("answers are read with the tags that the template mentions")
    func answers() throws {
        let template = chatML + "{# <think></think> <tool_call> #}"
        let tool: JSONValue = ["type": "function", "function": ["name": "f"]]
        let format = try format(template)
        #expect(format.capabilities == [.tools, .thinking])
        let conversation = Conversation(messages: [user], tools: [tool], think: .off)
        let parser = format.makeParser(for: conversation, prompt: try format.render(conversation).text)
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
        #expect(try format.render(Conversation(messages: [user])).text == "plain")
        #expect(try format.render(Conversation(messages: [user], tools: [["type": "function"]])).text == "1")
    }
}

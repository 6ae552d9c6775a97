import Chat
import JSON
import Templating
import Testing

@Suite("A model's own Go template")
struct GoChatFormatTests {
    private func render(
        _ template: String, _ messages: [Message], tools: [JSONValue] = [], think: ThinkSetting? = nil,
        specials: SpecialTexts = SpecialTexts()
    ) throws -> String {
        let format = try GoChatFormat(template: template, specials: specials)
        return try format.render(Conversation(messages: messages, tools: tools, think: think)).text
    }

    private let user = Message(role: "user", content: "Q")
    private let answer = Message(role: "assistant", content: "A")
    private let system = Message(role: "system", content: "S")

    @Test("a template without messages is run once a turn, and ends where the answer begins")
    func legacyTurns() throws {
        let template = "{{ if .System }}<s>{{ .System }}{{ end }}<u>{{ .Prompt }}<a>{{ .Response }}<e>"
        let next = Message(role: "user", content: "Q2")
        #expect(try render(template, [system, user]) == "<s>S<u>Q<a>")
        #expect(try render(template, [system, user, answer, next]) == "<s>S<u>Q<a>A<e><u>Q2<a>")
        #expect(try render(template, [user, answer, system, next]) == "<u>Q<a>A<e><s>S<u>Q2<a>")
        #expect(try render(template, [user, answer]) == "<u>Q<a>A", "the model goes on with the last answer")
        #expect(try render(template, [user, next]) == "<u>Q\n\nQ2<a>", "neighbours of one role are one message")
    }

    @Test("a template that names neither messages nor a response gets the response at its end")
    func appendsResponse() throws {
        #expect(try render("[{{ .Prompt }}]", [user, answer, user]) == "[Q]A[Q]")
        #expect(try render("{{ .Prompt }}", [user]) == "Q")
    }

    @Test("a developer's instructions are the system's, unless the template knows developers")
    func developer() throws {
        let developer = Message(role: "developer", content: "D")
        let turns = "{{ if .System }}<s>{{ .System }}{{ end }}<u>{{ .Prompt }}<a>{{ .Response }}"
        #expect(try render(turns, [developer, user]) == "<s>D<u>Q<a>")
        let messages = "{{ .System }}:{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}"
        #expect(try render(messages, [developer, user]) == "D:system=D;user=Q;")
        let names = #"{{ range .Messages }}{{ if eq .Role "developer" }}!{{ end }}{{ .Role }}={{ .Content }};{{ end }}"#
        #expect(try render(names, [developer, user]) == "!developer=D;user=Q;")
    }

    @Test("what a template leaves out for its role is the user's")
    func oddRoles() throws {
        let odd = Message(role: "critic", content: "C")
        let turns = "<u>{{ .Prompt }}<a>{{ .Response }}"
        #expect(try render(turns, [user, odd]) == "<u>Q\n\nC<a>")
        let drops = #"{{ range .Messages }}{{ if eq .Role "user" }}[{{ .Content }}]{{ end }}{{ end }}"#
        #expect(try render(drops, [user, answer, odd]) == "[Q][C]")
        let writes = "{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}"
        #expect(try render(writes, [user, odd]) == "user=Q;critic=C;")
    }

    @Test("neighbours keep the tool calls of all")
    func mergedCalls() throws {
        let call = Message(role: "assistant", content: "", toolCalls: [ToolCall(name: "f", arguments: [:])])
        let calls = "{{ range .Messages }}{{ .Content }}{{ range .ToolCalls }}({{ .Function.Name }}){{ end }};{{ end }}"
        #expect(try render(calls, [user, answer, call]) == "Q;A(f);")
    }

    @Test("system messages stay among the messages, and are joined")
    func systemText() throws {
        let template = "{{ .System }}:{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}"
        let other = Message(role: "system", content: "T")
        #expect(try render(template, [system, user, other]) == "S\n\nT:system=S;user=Q;system=T;")
        let tool = Message(role: "tool", content: "r")
        #expect(try render(template, [user, user, tool, tool]) == ":user=Q\n\nQ;tool=r;tool=r;")
    }

    @Test("think settings reach the template; a model that can think does so unless told otherwise")
    func think() throws {
        let template = "{{ range .Messages }}{{ end }}{{ .Think }} {{ .ThinkLevel }} {{ .IsThinkSet }}"
        #expect(try render(template, [user]) == "false  false")
        #expect(try render(template, [user], think: .on) == "true medium true")
        #expect(try render(template, [user], think: .off) == "false  true")
        #expect(try render(template, [user], think: .level("high")) == "true high true")
        let thinker = template + "{{ range .Messages }}{{ if .Thinking }}<t>{{ .Thinking }}</t>{{ end }}{{ end }}"
        #expect(try render(thinker, [user]) == "true medium true")
    }

    @Test("tools print as JSON with the keys that Ollama knows, calls with their arguments")
    func tools() throws {
        let tool: JSONValue = [
            "type": "function",
            "function": [
                "name": "f", "description": "d", "strict": true,
                "parameters": [
                    "properties": [
                        "b": ["type": ["string", "null"], "title": "t"], "a": ["type": "integer", "enum": [1]],
                    ],
                    "type": "object", "required": ["b"], "additionalProperties": false,
                ],
            ],
        ]
        let parameters =
            #"{"type":"object","required":["b"],"properties":{"a":{"type":"integer","enum":[1]},"b":{"type":["string","null"]}}}"#
        let json = #"{"type":"function","function":{"name":"f","description":"d","parameters":\#(parameters)}}"#
        let messages = "{{ range .Messages }}{{ range .ToolCalls }}{{ .ID }} {{ .Function }}{{ end }}{{ end }}"
        #expect(try render(messages + "{{ .Tools }}", [user], tools: [tool]) == "[\(json)]")
        #expect(try render(messages + "{{ range .Tools }}{{ . }}{{ end }}", [user], tools: [tool]) == json)
        #expect(try render(messages + "{{ json .Tools }}", [user], tools: [tool]) == "[\(json)]")
        #expect(
            try render(messages + "{{ range .Tools }}{{ .Function.Parameters }}{{ end }}", [user], tools: [tool])
                == parameters)
        #expect(
            try render(
                messages
                    + "{{ range .Tools }}{{ range $k, $v := .Function.Parameters.Properties }}{{ $k }}:{{ $v.Type }};{{ end }}{{ end }}",
                [user], tools: [tool]) == "a:integer;b:[string, null];")
        let call = Message(
            role: "assistant", content: "",
            toolCalls: [ToolCall(id: "c1", name: "f", arguments: ["b": "<x>", "a": 1])])
        #expect(
            try render(messages, [user, call])
                == #"c1 {"index":0,"name":"f","arguments":{"a":1,"b":"\u003cx\u003e"}}"#)
    }

    @Test("images are numbered where they belong")
    func images() throws {
        let template = "{{ range .Messages }}{{ .Content }};{{ end }}"
        let first = Message(role: "user", content: "see [img] there", images: [[1], [2]])
        let second = Message(role: "user", content: "and", images: [[3]])
        #expect(try render(template, [first, answer, second]) == "[img-1]see [img-0] there;A;[img-2]and;")
    }

    @Test("BOS is left to a tokenizer that adds it")
    func bos() throws {
        let template = "<s>{{ .Prompt }}"
        let adds = SpecialTexts(bos: "<s>", eos: "</s>", addsBOS: true)
        #expect(try render(template, [user], specials: adds) == "Q")
        #expect(try render("<s><s>{{ .Prompt }}", [user], specials: adds) == "<s>Q")
        #expect(try render(template, [user], specials: SpecialTexts(bos: "<s>")) == "<s>Q")
    }

    @Test("capabilities and infill follow from the variables of the template")
    func capabilities() throws {
        func capabilities(_ template: String) throws -> [String] {
            try GoChatFormat(template: template, specials: SpecialTexts()).capabilities.names
        }
        #expect(try capabilities("{{ .Prompt }}").isEmpty)
        #expect(try capabilities("{{ .Prompt }}{{ if .Suffix }}{{ end }}") == ["insert"])
        #expect(
            try capabilities(
                "{{ .Tools }}{{ range .Messages }}{{ if .Thinking }}<t>{{ .Thinking }}</t>{{ end }}{{ end }}")
                == ["tools", "thinking"])
        let infill = try GoChatFormat(
            template: "<P>{{ .Prompt }}{{ if .Suffix }}<S>{{ .Suffix }}<M>{{ end }}", specials: SpecialTexts())
        #expect(try infill.renderInfill(prefix: "a", suffix: "b").text == "<P>a<S>b<M>")
        let plain = try GoChatFormat(template: "{{ .Prompt }}", specials: SpecialTexts())
        #expect(throws: ChatError.infillUnsupported) { try plain.renderInfill(prefix: "a", suffix: "b") }
    }

    @Test("answers are read with the tags that the template shows")
    func answers() throws {
        let format = try GoChatFormat(
            template: """
                {{ .Tools }}{{ range .Messages }}{{ if .Thinking }}<t>{{ .Thinking }}</t>{{ end }}\
                {{ if .ToolCalls }}<call>{"name": {{ end }}{{ end }}<t>
                """, specials: SpecialTexts())
        let tool: JSONValue = ["type": "function", "function": ["name": "f"]]
        var conversation = Conversation(messages: [user], tools: [tool])
        let prompt = try format.render(conversation).text
        let text = #"so</t>ok<call>{"name":"f","arguments":{"a":1}}"#
        #expect(
            format.makeParser(for: conversation, prompt: prompt).parts(of: [text]) == [
                .thinking("so"), .content("ok"), .toolCall(ToolCall(name: "f", arguments: ["a": 1])),
            ])
        conversation.think = .off
        conversation.tools = []
        #expect(format.makeParser(for: conversation, prompt: prompt).parts(of: [text]) == [.content(text)])
    }

    @Test("a bad template is told with Go's words")
    func errors() throws {
        let syntax = #expect(throws: ChatError.self) {
            try GoChatFormat(template: "{{ if .X }}", specials: SpecialTexts())
        }
        #expect(syntax?.description == "template: :1: unexpected EOF")
        let evaluation = #expect(throws: ChatError.self) { try render("{{ .Prompt.X }}", [user]) }
        #expect(
            evaluation?.description
                == #"template: :1:10: executing "" at <.Prompt.X>: can't evaluate field X in type interface {}"#)
    }
}

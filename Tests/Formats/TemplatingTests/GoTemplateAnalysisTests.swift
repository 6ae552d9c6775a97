import JSON
import Templating
import Testing

@Suite("What a Go template says about its model")
struct GoTemplateAnalysisTests {
    private static let qwen3 = """
        {{- $lastUserIdx := -1 -}}
        {{- range $idx, $msg := .Messages -}}
        {{- if eq $msg.Role "user" }}{{ $lastUserIdx = $idx }}{{ end -}}
        {{- end }}
        {{- if or .System .Tools }}<|im_start|>system
        {{ .System }}{{ range .Tools }}
        {{ . }}{{ end }}<|im_end|>
        {{ end }}
        {{- range $i, $_ := .Messages }}
        {{- $last := eq (len (slice $.Messages $i)) 1 -}}
        {{- if eq .Role "user" }}<|im_start|>user
        {{ .Content }}<|im_end|>
        {{ else if eq .Role "assistant" }}<|im_start|>assistant
        {{ if (and $.IsThinkSet (and .Thinking (or $last (gt $i $lastUserIdx)))) -}}
        <think>{{ .Thinking }}</think>
        {{ end -}}
        {{ if .Content }}{{ .Content }}
        {{- else if .ToolCalls }}<tool_call>
        {{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
        {{ end }}</tool_call>
        {{- end }}{{ if not $last }}<|im_end|>
        {{ end }}
        {{- end }}
        {{- end }}
        """

    @Test("the names of fields and variables are found wherever they stand")
    func names() throws {
        let template = try GoTemplate(
            """
            {{ $a := .System }}{{ define "x" }}{{ .Inner }}{{ end }}{{ if not (eq (len .Deep.Er) 1) }}{{ $.Root }}\
            {{ else }}{{ range .List }}{{ (index .Chained 0).Field }}{{ end }}{{ end }}{{ template "x" .Arg }}
            """)
        #expect(
            template.names == [
                "system", "inner", "deep", "er", "", "root", "list", "chained", "field", "arg",
            ])
        #expect(try GoTemplate("no action, .Messages").names.isEmpty)
    }

    @Test("thinking tags are the text around a message's thinking")
    func thinkingTags() throws {
        let tags = try #require(try GoTemplate(Self.qwen3).thinkingTags)
        #expect(tags == ("<think>", "</think>"))
        let outside = try GoTemplate("{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}")
        #expect(outside.thinkingTags == nil, "not in a range over the messages")
        let otherRange = try GoTemplate("{{ range .Tools }}<a>{{ .Thinking }}</a>{{ end }}")
        #expect(otherRange.thinkingTags == nil)
        let untagged = try GoTemplate("{{ range .Messages }}{{ .Thinking }}{{ end }}")
        #expect(untagged.thinkingTags == nil)
    }

    @Test(
        "a tool call starts with the first text inside of its condition, up to a brace",
        arguments: [
            (qwen3, "<tool_call>"),
            ("{{ if .ToolCalls }}\n[TOOL_CALLS] [{\"name\":{{ end }}", "[TOOL_CALLS] ["),
            (
                "{{ range .Messages }}{{ if .ToolCalls }}{{ range .ToolCalls }}{\"name\": 1}{{ end }}{{ end }}{{ end }}",
                "{"
            ),
            ("{{ if .ToolCalls }}{{ .X }}after{{ end }}", "{"),
            ("{{ if and .A (not .ToolCalls) }}no{{ else }}{{ if .ToolCalls }} <f> {{ end }}{{ end }}", "no"),
            ("{{ .Prompt }}", "{"),
        ])
    func toolCallTag(template: String, tag: String) throws {
        #expect(try GoTemplate(template).toolCallTag == tag)
    }

    @Test("a template is cut after its response, on every branch")
    func cut() throws {
        let root = GoValue.map(["System": .string("s"), "Response": .string("r"), "Prompt": .string("p")])
        func cut(_ template: String) throws -> String {
            try GoTemplate(template).cutAfterResponse().render(root).text
        }
        #expect(try cut("{{ .Prompt }}[{{ .Response }}]<end>") == "p[r")
        #expect(try cut("{{ if .System }}{{ .Response }} a{{ else }}{{ .Response }} b{{ end }} c") == "r")
        #expect(try cut("{{ if .Nope }}{{ .Response }} a{{ else }}n{{ .Response }} b{{ end }} c") == "nr")
        #expect(try cut("{{ if .Response }}x{{ end }}{{ .Response }}y") == "xr", "a condition prints nothing")
        #expect(try cut("{{ .Prompt }} z") == "p z")
        #expect(try GoTemplate("{{ .Prompt }} ").appendingResponse().render(root) == "p r")
    }
}

import JSON
import Templating
import Testing

@Suite("Values of Go templates")
struct GoTemplateValueTests {
    private static let tool = GoValue.structure(
        GoStruct(
            "api.Tool",
            [
                .init("Type", json: "type", .string("function")),
                .init("Items", json: "items", omitsEmpty: true, .null),
                .init(
                    "Function", json: "function",
                    .structure(GoStruct("api.ToolFunction", [.init("Name", json: "name", .string("f<x>"))]))),
            ]))

    private func render(_ template: String, _ root: GoValue) throws -> String {
        try GoTemplate(template).render(root, now: LocalTime(year: 2024, month: 3, day: 1)).text
    }

    @Test("a field that a struct does not declare is an error, an absent key is no value")
    func fields() throws {
        let root = GoValue.map(["S": .structure(GoStruct("main.S", [.init("A", .int(1))])), "M": .map([:])])
        #expect(try render("{{ .S.A }} {{ .M.B }}", root) == "1 <no value>")
        let failure = #expect(throws: TemplateError.self) { try render("{{ with .S }}{{ .B }}{{ end }}", root) }
        #expect(
            failure?.message == "template: :1:16: executing \"\" at <.B>: can't evaluate field B in type main.S")
        #expect(failure?.line == 1)
        #expect(failure?.column == 17)
    }

    @Test("structs print in Go's form, and as JSON in the order of their fields")
    func structs() throws {
        let root = GoValue.map(["T": Self.tool])
        #expect(try render("{{ .T }}", root) == "{function <nil> {f<x>}}")
        #expect(try render(#"{{ printf "%+v" .T }}"#, root) == "{Type:function Items:<nil> Function:{Name:f<x>}}")
        #expect(try render("{{ json .T }}", root) == #"{"type":"function","function":{"name":"f\u003cx\u003e"}}"#)
    }

    @Test("a value that prints itself does so wherever a string may stand, and is a list elsewhere")
    func printing() throws {
        let root = GoValue.map([
            "Tools": .printing(.slice([.printing(Self.tool, as: .json)]), as: .json),
            "One": .printing(.slice([.string("string")]), as: .names),
            "Two": .printing(.slice([.string("string"), .string("null")]), as: .names),
            "Args": .printing(.map(["b": .int(1), "a": .string("<")]), as: .json),
        ])
        let tool = #"{"type":"function","function":{"name":"f\u003cx\u003e"}}"#
        #expect(try render("{{ .Tools }}", root) == "[\(tool)]")
        #expect(try render("{{ range .Tools }}{{ . }}|{{ .Type }}{{ end }}", root) == "\(tool)|function")
        #expect(
            try render("{{ len .Tools }} {{ .One }} {{ .Two }} {{ json .One }} {{ json .Two }}", root)
                == #"1 string [string, null] "string" ["string","null"]"#)
        #expect(try render("{{ range .Two }}<{{ . }}>{{ end }}{{ index .Two 1 }}", root) == "<string><null>null")
        #expect(
            try render(#"{{ .Args }} {{ .Args.a }} {{ printf "%s" .Args }}"#, root)
                == #"{"a":"\u003c","b":1} < {"a":"\u003c","b":1}"#)
        #expect(try render("{{ range $k, $v := .Args }}{{ $k }}={{ $v }};{{ end }}", root) == "a=<;b=1;")
    }

    @Test("dates and TypeScript types, as Ollama adds them")
    func extras() throws {
        func property(_ types: [String]) -> GoValue {
            .structure(
                GoStruct(
                    "api.ToolProperty",
                    [
                        .init("AnyOf", .slice([])),
                        .init("Type", .printing(.slice(types.map(GoValue.content)), as: .names)),
                    ]))
        }
        let any = GoValue.structure(
            GoStruct("api.ToolProperty", [.init("AnyOf", .slice([property(["string"]), property(["integer"])]))]))
        let root = GoValue.map([
            "A": property(["array", "null"]), "O": property(["object"]), "E": property([]), "Any": any,
        ])
        #expect(try render("{{ currentDate }} {{ yesterdayDate }}", root) == "2024-03-01 2024-02-29")
        #expect(
            try render("{{ toTypeScriptType .A }}; {{ toTypeScriptType .O }}; {{ toTypeScriptType .E }}", root)
                == "any[] | null; Record<string, any>; any")
        #expect(try render("{{ toTypeScriptType .Any }}", root) == "string | number")
        let newYear = try GoTemplate("{{ yesterdayDate }}").render(.null, now: LocalTime(year: 2023, month: 1, day: 1))
        #expect(newYear.text == "2022-12-31")
    }

    @Test("strings are compared by their bytes, not by how they look")
    func canonicalEquivalence() throws {
        let root = GoValue.map(["A": .string("\u{E9}"), "B": .string("e\u{301}")])
        #expect(try render("{{ eq .A .B }} {{ len .A }} {{ len .B }}", root) == "false 2 3")
    }

    @Test(
        "a hostile template is stopped",
        arguments: [
            #"{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}"#,
            #"{{ define "a" }}{{ template "b" }}{{ end }}{{ define "b" }}x{{ if true }}{{ template "a" }}{{ end }}{{ end }}{{ template "a" }}"#,
            "{{ range 1000000000 }}{{ end }}",
            #"{{ $x := "xxxxxxxxxx" }}{{ range 100 }}{{ $x = printf "%s%s" $x $x }}{{ end }}"#,
            "{{ range 1000000 }}{{ range 1000000 }}text{{ end }}{{ end }}",
            #"{{ range 100000 }}{{ printf "%999999d" 1 }}{{ end }}"#,
            String(repeating: "{{ if true }}", count: 20_000),
            "{{ " + String(repeating: "(", count: 20_000),
            String(repeating: "{{ if true }}x{{ else }}", count: 500),
            "{{ if false }}" + String(repeating: "{{ else if false }}", count: 500) + "{{ end }}",
        ])
    func limits(template: String) throws {
        var budget = TemplateBudget(steps: 300_000, bytes: 1 << 20, output: 1 << 20)
        let failure = #expect(throws: TemplateError.self) {
            try GoTemplate(template).render(.map([:]), budget: &budget)
        }
        #expect(failure?.kind == .limit)
    }

    @Test("mutilated templates end in an error or a text, never in a crash")
    func mutilated() {
        let source = Array(
            #"a {{- if and (eq .A "x\n") (not $.B) -}} {{ range $i, $e := .C }}{{ printf "%-5.2f|%[1]q" $i | js }}{{ else with }}{{/* c */}} {{ `r` }} {{ 'a' }} {{ 0x1p4 }}{{ end }}{{ end }}"#
                .utf8)
        for start in source.indices {
            for length in [1, 2, 5] where start + length <= source.count {
                var bytes = source
                bytes.removeSubrange(start..<(start + length))
                let template = try? GoTemplate(String(decoding: bytes, as: UTF8.self))
                _ = try? template?.render(.map(["A": .string("x\n"), "C": .slice([.int(1)])]))
            }
            let prefix = String(decoding: source[..<start], as: UTF8.self)
            _ = try? GoTemplate(prefix).render(.null)
        }
    }
}

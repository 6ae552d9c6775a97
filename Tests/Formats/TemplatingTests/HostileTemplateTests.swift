import JSON
import Templating
import TestSupport
import Testing

@Suite("Hostile templates are stopped by what they use")
struct HostileTemplateTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        let name: String
        let isJinja: Bool
        let template: String

        var testDescription: String { name }

        init(_ json: JSONValue) {
            name = json["name"]?.stringValue ?? ""
            isJinja = json["language"]?.stringValue == "jinja"
            template = json["template"]?.stringValue ?? ""
        }

        func render(_ budget: inout TemplateBudget) throws(TemplateError) -> MarkedText {
            if isJinja { return try JinjaTemplate(template).render(["messages": []], budget: &budget) }
            return try GoTemplate(template).render(.map(["Prompt": .content("hello")]), budget: &budget)
        }
    }

    static let all: [Hostile] = {
        let bytes = try? [UInt8](Vectors.data("hostile/templates.json"))
        return (try? JSONParser.parse(bytes ?? []))?.arrayValue?.map(Hostile.init) ?? []
    }()

    @Test("there are forty of them and more, in both languages")
    func count() {
        #expect(Self.all.count >= 40)
        #expect(Self.all.count { $0.isJinja } >= 20)
        #expect(Self.all.count { !$0.isJinja } >= 10)
    }

    @Test("each ends at a limit", arguments: all)
    func limit(hostile: Hostile) {
        var budget = TemplateBudget(steps: 60_000, bytes: 2 << 20, output: 1 << 18)
        let failure = #expect(throws: TemplateError.self) { try hostile.render(&budget) }
        #expect(failure?.kind == .limit, "\(failure?.description ?? "rendered")")
    }

    @Test("what one rendering uses is gone for the next")
    func sharedBudget() throws {
        var budget = TemplateBudget(steps: 1000, bytes: 1 << 20, output: 1 << 20)
        let template = try JinjaTemplate("{% for i in range(100) %}{{ i }}{% endfor %}")
        var renderings = 0
        let failure = #expect(throws: TemplateError.self) {
            while renderings < 100 {
                _ = try template.render([:], budget: &budget)
                renderings += 1
            }
        }
        #expect(failure?.kind == .limit)
        #expect(renderings > 0)
    }

    @Test("a budget grows with the input, so that long conversations are written")
    func longInput() throws {
        let long = String(repeating: "word ", count: 400_000)
        let messages: JSONValue = .array([["role": "user", "content": .string(long)]])
        let jinja = try JinjaTemplate(
            "{% for m in messages %}{% set c = m.content.split('</think>')[-1]|trim %}{{ '<' ~ m.role ~ '>' ~ c }}{% endfor %}"
        )
        #expect(try jinja.render([:], contents: ["messages": messages]).utf8.count > 1_999_990)
        let go = try GoTemplate("{{ range .Messages }}<{{ .role }}>{{ .content }}{{ end }}")
        #expect(try go.render(.map(["Messages": GoValue(json: messages)])).utf8.count > 1_999_990)
        let many = JSONValue.array(Array(repeating: ["role": "user", "content": "hi"], count: 10_000))
        let text = try jinja.render([:], contents: ["messages": many])
        #expect(text.contents.count == 10_000)
    }

    @Test("a rendering ends when its task is cancelled")
    func cancellation() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            var budget = TemplateBudget(steps: 100_000_000, bytes: 1 << 30, output: 1 << 30)
            return try JinjaTemplate("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}")
                .render([:], budget: &budget)
        }
        let failure = await #expect(throws: TemplateError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }

    @Test("sources that are too large are refused before they are read")
    func sources() {
        for source in [String(repeating: "a", count: 5 << 20), String(repeating: "{{1}}", count: 100_000)] {
            let jinja = #expect(throws: TemplateError.self) { try JinjaTemplate(source) }
            #expect(jinja?.kind == .limit)
            let go = #expect(throws: TemplateError.self) { try GoTemplate(source) }
            #expect(go?.kind == .limit)
        }
    }

    @Test("messages repeat only the beginning of what they are about")
    func messages() {
        let name = String(repeating: "x", count: 1 << 20)
        for source in ["{{ \(name).y }}", "{{ 1\(String(repeating: "0", count: 1 << 20)) }}", "{{ ''.\(name)() }}"] {
            let failure = #expect(throws: TemplateError.self) { try JinjaTemplate(source).render([:]) }
            #expect((failure?.message.utf8.count ?? 0) < 3000)
        }
        let failure = #expect(throws: TemplateError.self) { try GoTemplate("{{ \(name) }}") }
        #expect((failure?.message.utf8.count ?? 0) < 3000)
    }
}

import Chat
import JSON
import Templating
import Testing

@Suite("Which template a model talks in")
struct ChatFormatRegistryTests {
    private let user = Conversation(messages: [Message(role: "user", content: "Q")])

    private func prompt(
        _ template: String?, _ chatTemplate: String?, _ preference: TemplatePreference = .automatic
    ) throws -> String {
        let format = try ChatFormatRegistry.format(
            template: template, chatTemplate: chatTemplate, specials: SpecialTexts(), preference: preference)
        return String(try format.render(user).text.prefix(3))
    }

    private static let plainGo = "go {{ .Prompt }}"
    private static let toolsGo = "go {{ .Tools }}{{ range .Messages }}{{ end }}"
    private static let tripGo =
        #"go {{ .Tools }}{{ range .Messages }}{{ .ToolCalls }}{{ if eq .Role "tool" }}{{ end }}{{ end }}"#
    private static let plainJinja = "jin {{ messages[0].content }}"
    private static let toolsJinja = "jin {% if tools %}{% endif %}"
    private static let tripJinja = "jin {% if tools %}{{ tool_calls }}{{ tool_response }}{% endif %}"
    private static let thinkJinja = tripJinja + "{# <think></think> #}"

    @Test("without a template the text stands as it is")
    func plain() throws {
        #expect(try prompt(nil, nil) == "Q")
    }

    @Test("the template of the model, else that of the file")
    func single() throws {
        #expect(try prompt(Self.plainGo, nil) == "go ")
        #expect(try prompt(nil, Self.plainJinja) == "jin")
    }

    @Test(
        "of two the one that can do more",
        arguments: [
            (plainGo, plainJinja, "go "), (plainGo, toolsJinja, "jin"), (toolsGo, toolsJinja, "go "),
            (toolsGo, tripJinja, "jin"), (tripGo, tripJinja, "go "), (tripGo, toolsJinja, "go "),
            (toolsGo, plainJinja, "go "), (tripGo, thinkJinja, "jin"), (plainGo, "{% broken", "go "),
        ])
    func both(template: String, chatTemplate: String, start: String) throws {
        #expect(try prompt(template, chatTemplate) == start)
        #expect(try prompt(template, chatTemplate, .go) == "go ")
        if chatTemplate != "{% broken" { #expect(try prompt(template, chatTemplate, .jinja) == "jin") }
    }

    @Test("a broken template is told")
    func broken() {
        #expect(throws: ChatError.self) { try prompt(nil, "{% broken") }
        #expect(throws: ChatError.self) { try prompt("{{ broken", nil) }
    }
}

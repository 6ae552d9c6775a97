extension BuiltInTemplate {
    static let alfred = BuiltInTemplate(
        name: "alfred",
        source: """
            {{ range .Messages }}<start_{{ .Role }}>{{ .Content }}<end_message>{{ end }}<start_assistant>
            """,
        stops: ["<start_system>", "<end_message>", "<start_user>", "<start_assistant>"])
}

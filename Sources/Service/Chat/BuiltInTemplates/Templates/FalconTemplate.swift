extension BuiltInTemplate {
    static let falconInstruct = BuiltInTemplate(
        name: "falcon-instruct",
        source: """
            {{ range .Messages }}{{ if eq .Role "system" }}System: {{ .Content }}
            {{ else }}{{ if eq .Role "user" }}User:{{ else if eq .Role "assistant" }}Falcon:{{ end }}
            {{ .Content }}
            {{ end }}{{ end }}Falcon:

            """,
        stops: ["User:", "Assistant:"])
}

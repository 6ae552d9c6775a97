extension BuiltInTemplate {
    static let solarInstruct = BuiltInTemplate(
        name: "solar-instruct",
        source: """
            {{ range .Messages }}{{ if eq .Role "assistant" }}### Assistant:
            {{ .Content }}</s>

            {{ else }}{{ if eq .Role "system" }}### System:{{ else if eq .Role "user" }}### User:{{ end }}
            {{ .Content }}

            {{ end }}{{ end }}### Assistant:

            """,
        stops: ["### System:", "### User:", "### Assistant"])
}

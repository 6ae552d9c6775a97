extension BuiltInTemplate {
    static let chatQA = BuiltInTemplate(
        name: "chatqa",
        source: """
            {{ range .Messages }}{{ if eq .Role "system" }}{{ .Content }}

            {{ else if eq .Role "user" }}User: {{ .Content }}

            {{ else if eq .Role "assistant" }}Assistant: {{ .Content }}<|end_of_text|>{{ end }}{{ end }}Assistant:
            """,
        stops: ["System:", "User:", "Assistant:", "<|begin_of_text|>"])
}

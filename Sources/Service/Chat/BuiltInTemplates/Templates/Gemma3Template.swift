extension BuiltInTemplate {
    static let gemma3Instruct = BuiltInTemplate(
        name: "gemma3-instruct",
        source: """
            {{ range $index, $message := .Messages }}{{ if eq .Role "user" }}<start_of_turn>user
            {{ if and $.System (eq $index 1) }}{{ $.System }}

            {{ end }}{{ .Content }}<end_of_turn>
            {{ else if eq .Role "assistant" }}<start_of_turn>model
            {{ .Content }}<end_of_turn>
            {{ end }}{{ end }}{{ if .Messages }}<start_of_turn>model
            {{ end }}

            """,
        stops: ["<end_of_turn>"])
}

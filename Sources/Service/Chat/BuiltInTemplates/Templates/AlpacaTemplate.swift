extension BuiltInTemplate {
    /// Without the introduction that DeepSeek Coder is given where there is no system text.
    static let alpaca = BuiltInTemplate(
        name: "alpaca",
        source: """
            {{ .System }}{{ range .Messages }}{{ if eq .Role "user" }}### Instruction:
            {{ .Content }}
            {{ else if eq .Role "assistant" }}### Response:
            {{ .Content }}
            <|EOT|>
            {{ end }}{{ end }}### Response:

            """,
        stops: ["### Instruction:", "### Response"])
}
